/*
 * report/misuse_leak.c: what was allocated and never freed: of the whole process, of a domain, of a
 * leak window. The rules of misuse.c hold; the rows are leak_rows.c's.
 */
#include "report/words.h"

static void begin(struct tmi_misuse_words *words, enum trackmem_misuse_kind kind, const char *id,
                  const struct tmi_call *call, const struct tmi_leaks *leaks)
{
    *words = (struct tmi_misuse_words){
        .misuse = { .kind = kind, .id = id, .verb = call->verb, .here = call->here },
        .call_label = "called",
        .leaks = leaks,
    };
    words->stacks[TMI_STACK_OF_CALL] = call->stack;
}

static void add_sums(struct tmi_text *text, const struct tmi_leaks *leaks)
{
    tmi_words_add_plural(text, leaks->blocks, "block", "blocks");
    tmi_text_add(text, ", ");
    tmi_text_add_human_bytes(text, leaks->bytes);
}

static void set_mend(struct tmi_misuse_words *words, const char *mend)
{
    struct tmi_text text;

    tmi_text_init(&text, words->mend, sizeof words->mend);
    tmi_text_add(&text, mend);
}

/* "at exit" ends a process that has its own code, or ours. */
static void set_outcome(struct tmi_misuse_words *words, char *buffer, size_t size)
{
    const struct tmi_leaks *leaks = words->leaks;
    struct tmi_text text;

    words->outcome = leaks->is_ending ? "the program ends as it would have"
                                      : "they stay valid, and the program goes on";
    if (!leaks->is_ending || leaks->exit_code == 0)
        return;
    tmi_text_init(&text, buffer, size);
    tmi_text_add(&text, "the program ends with code ");
    tmi_text_add_unsigned(&text, (uint64_t)leaks->exit_code);
    tmi_text_add(&text, " (option leaks_exit)");
    words->outcome = buffer;
}

void tmi_report_leak(const struct tmi_call *call, const struct tmi_leaks *leaks)
{
    struct tmi_misuse_words words;
    struct tmi_text title;
    char outcome[64];

    begin(&words, TRACKMEM_MISUSE_LEAK, "leak", call, leaks);
    tmi_text_init(&title, words.title, sizeof words.title);
    tmi_text_add(&title, "leak: ");
    add_sums(&title, leaks);
    tmi_text_add(&title, leaks->blocks == 1 ? ", is " : ", are ");
    tmi_text_add(&title, leaks->is_all ? "alive " : "lost ");
    tmi_text_add(&title, leaks->when);
    set_mend(&words, !leaks->is_all
                         ? "free each before the last pointer to it goes; what is lost indirectly "
                           "goes with what points there"
                         : "free them before the program ends");
    set_outcome(&words, outcome, sizeof outcome);
    tmi_misuse_deliver(&words);
}

void tmi_report_domain_leak(const struct tmi_call *call, struct trackmem_domain *domain,
                            const struct tmi_leaks *leaks)
{
    struct tmi_misuse_words words;
    struct tmi_text title;

    begin(&words, TRACKMEM_MISUSE_DOMAIN_LEAK, "domain-leak", call, leaks);
    words.misuse.domain = domain;
    words.call_label = "destroyed";
    words.outcome = "they stay valid and may still be freed";
    tmi_text_init(&title, words.title, sizeof words.title);
    tmi_text_add(&title, "domain leak: ");
    tmi_domain_add_name(&title, domain);
    tmi_text_add(&title, " is destroyed with ");
    tmi_words_add_plural(&title, leaks->blocks, "block", "blocks");
    tmi_text_add(&title, " alive, ");
    tmi_text_add_human_bytes(&title, leaks->bytes);
    set_mend(&words, "free them before the domain ends, or hand them on with trackmem_transfer");
    tmi_misuse_deliver(&words);
}

void tmi_report_window_leak(const struct tmi_call *call, const struct tmi_leaks *leaks)
{
    struct tmi_misuse_words words;
    struct tmi_text title;

    begin(&words, TRACKMEM_MISUSE_WINDOW_LEAK, "window-leak", call, leaks);
    words.call_label = "ended";
    words.outcome = "they stay valid, and the program goes on";
    tmi_text_init(&title, words.title, sizeof words.title);
    tmi_text_add(&title, "leak: ");
    add_sums(&title, leaks);
    tmi_text_add(&title, ", allocated since the window began, ");
    tmi_text_add(&title, leaks->blocks == 1 ? "is alive" : "are alive");
    set_mend(&words, "free them before the window ends, or end it later");
    tmi_misuse_deliver(&words);
}
