/*
 * report/event.c: one function per kind of event, as in misuse.c for misuse: something that befell
 * a request and is nobody's mistake. Its layout is that of a misuse, with less to say.
 */
#include "report/words.h"

static void deliver(const char *id, const char *start, const char *end,
                    const struct tmi_event *event)
{
    struct tmi_misuse_words words = {
        .misuse = { .id = id, .domain = event->domain, .here = event->here },
        .call_label = "called",
        .claimed_size = (size_t)event->bytes,
    };
    struct tmi_text title;

    tmi_text_init(&title, words.title, sizeof words.title);
    tmi_text_add(&title, start);
    tmi_words_add_plural(&title, event->bytes, "byte", "bytes");
    tmi_text_add(&title, end);
    tmi_domain_add_name(&title, event->domain);
    tmi_place_resolve(&words.misuse.here, words.places[0], sizeof words.places[0]);
    tmi_delivery_event(&words);
}

void tmi_report_soft_limit(const struct tmi_event *event)
{
    deliver("soft-limit", "soft limit: a request of ", " crosses that of domain ", event);
}

void tmi_report_refused_by_budget(const struct tmi_event *event)
{
    deliver("refused-by-budget", "hard limit: a request of ", " is refused by that of domain ",
            event);
}

void tmi_report_refused_by_backend(const struct tmi_event *event)
{
    deliver("refused-by-backend", "no memory: a request of ",
            " is refused by the backend, for domain ", event);
}

void tmi_report_refused_on_purpose(const struct tmi_event *event)
{
    deliver("refused-on-purpose", "fault injection: a request of ",
            " is refused on purpose, for domain ", event);
}
