/*
 * report/leak_rows.c: leaks in a report, for people and as JSON:
 *
 *     lost            120 B in       3 blocks  src/cache.c:214  load()
 *                  the pointer may have been lost when trackmem_realloc failed at src/cache.c:240
 *                  domain driver/cache
 *                  #0 demo+0x1a2b  load()
 *     indirectly       40 B in       1 block   src/cache.c:216  load()
 *     suppressed       48 B in       2 blocks  by leaks.supp:3: function:init_*
 *     reachable     1.2 MiB in     312 blocks, 2 of them by pointers into them only
 */
#include "report/words.h"

#define MOST_STACKS 64 /* whose modules are told */

static const char *label_of(enum tmi_leak_class class)
{
    static const char *const labels[] = { "lost", "indirectly", "reachable", "alive" };

    return labels[class];
}

static void add_figures(struct tmi_text *text, uint64_t bytes, uint64_t blocks)
{
    tmi_words_add_bytes_right(text, bytes, 9, "");
    tmi_text_add(text, " in ");
    tmi_words_add_count_right(text, blocks, 7);
    tmi_text_add(text, blocks == 1 ? " block" : " blocks");
}

static void add_where(struct tmi_text *text, const struct trackmem_place *place)
{
    char buffer[512];
    struct tmi_text where;

    tmi_text_init(&where, buffer, sizeof buffer);
    tmi_place_add(&where, place);
    tmi_text_add(&where, place->function != NULL ? "  " : "");
    tmi_place_add_function(&where, place);
    tmi_text_add_keeping_both_ends(text, buffer, TMI_REPORT_COLUMNS - text->column);
    tmi_text_add_char(text, '\n');
}

static void add_leak(struct tmi_text *text, const struct tmi_leak *leak, const char *label,
                     const struct trackmem_domain *domain, const struct tmi_style *style)
{
    tmi_row_begin(text, style, label);
    add_figures(text, leak->bytes, leak->blocks);
    tmi_text_add(text, leak->blocks == 1 ? "   " : "  ");
    add_where(text, &leak->place);
    if (tmi_place_known(&leak->resized)) {
        char buffer[512];
        struct tmi_text words;

        tmi_text_init(&words, buffer, sizeof buffer);
        tmi_text_add(&words, leak->blocks == 1 ? "the pointer" : "the pointer to one");
        tmi_text_add(&words, " may have been lost when trackmem_realloc failed at ");
        tmi_place_add(&words, &leak->resized);
        tmi_row_add_wrapped(text, style, "", buffer);
    }
    if (leak->domain != domain && !tmi_domain_is_process(leak->domain)) {
        tmi_row_begin(text, style, "");
        tmi_text_add(text, "domain ");
        tmi_domain_add_name(text, leak->domain);
        tmi_text_add_char(text, '\n');
    }
    tmi_stack_add_rows(text, leak->stack, false);
}

static void add_excuses(struct tmi_text *text, const struct tmi_leaks *leaks,
                        const struct tmi_style *style)
{
    const char *label = "suppressed";

    for (size_t i = 0; i < leaks->excuse_count; ++i) {
        const struct tmi_leak_excuse *excuse = &leaks->excuses[i];

        if (excuse->blocks == 0)
            continue;
        tmi_row_begin(text, style, label);
        label = "";
        add_figures(text, excuse->bytes, excuse->blocks);
        tmi_text_add(text, excuse->blocks == 1 ? "   by " : "  by ");
        tmi_text_add_keeping_end(text, excuse->text, TMI_REPORT_COLUMNS - text->column);
        tmi_text_add_char(text, '\n');
    }
}

static void add_reachable(struct tmi_text *text, const struct tmi_leaks *leaks,
                          const struct tmi_style *style)
{
    if (leaks->reachable_blocks == 0)
        return;
    tmi_row_begin(text, style, "reachable");
    add_figures(text, leaks->reachable_bytes, leaks->reachable_blocks);
    if (leaks->interior_blocks != 0) {
        tmi_text_add(text, ", ");
        tmi_text_add_count(text, leaks->interior_blocks);
        tmi_text_add(text, " of them by pointers into them only");
    }
    tmi_text_add_char(text, '\n');
}

static void add_threads(struct tmi_text *text, const struct tmi_leaks *leaks,
                        const struct tmi_style *style)
{
    char buffer[256];
    struct tmi_text words;

    if (leaks->running == 0)
        return;
    tmi_text_init(&words, buffer, sizeof buffer);
    tmi_text_add_count(&words, leaks->running);
    tmi_text_add(&words, " of ");
    tmi_words_add_plural(&words, leaks->running + leaks->held, "other thread", "other threads");
    tmi_text_add(&words, " ran on meanwhile (");
    tmi_text_add(&words, leaks->why);
    tmi_text_add(&words, "): what only their registers held is told as lost");
    tmi_row_add_wrapped(text, style, "threads", buffer);
}

static size_t shown_of(const struct tmi_leaks *leaks)
{
    size_t top = tmi_delivery_top();

    return leaks->count < top ? leaks->count : top;
}

void tmi_leaks_add_rows(struct tmi_text *text, const struct tmi_leaks *leaks,
                        const struct trackmem_domain *domain, const struct tmi_style *style)
{
    size_t shown = shown_of(leaks);

    for (size_t i = 0; i < shown; ++i) {
        const struct tmi_leak *leak = &leaks->list[i];
        bool same = i != 0 && leak[-1].class == leak->class;

        add_leak(text, leak, same ? "" : label_of(leak->class), domain, style);
    }
    if (shown < leaks->count) {
        tmi_row_begin(text, style, "");
        tmi_text_add(text, "and from ");
        tmi_words_add_plural(text, leaks->count - shown, "more call site", "more call sites");
        tmi_text_add_char(text, '\n');
    }
    add_excuses(text, leaks, style);
    if (!leaks->is_all)
        add_reachable(text, leaks, style);
    add_threads(text, leaks, style);
    if (leaks->is_all && leaks->when != NULL && !leaks->searched)
        tmi_row_add_wrapped(text, style, "pointers",
                            "not looked for: whether something still points at them is told in "
                            "check mode on Linux");
}

void tmi_leaks_add_modules(struct tmi_text *text, const struct tmi_leaks *leaks)
{
    uint32_t stacks[MOST_STACKS];
    size_t count = shown_of(leaks) < MOST_STACKS ? shown_of(leaks) : MOST_STACKS;

    for (size_t i = 0; i < count; ++i)
        stacks[i] = leaks->list[i].stack;
    tmi_stack_add_modules(text, stacks, count);
}

void tmi_leaks_write_excuses(struct tmi_text *text, const struct tmi_leaks *leaks,
                             const struct tmi_style *style)
{
    if (leaks->failed) {
        tmi_text_add(text, "trackmem: leaks ");
        tmi_text_add(text, leaks->when);
        tmi_text_add(text, " were not looked for, there was no memory\n");
        tmi_row_add_wrapped(text, style, "mend", "raise its limit (ulimit -v), or set leaks=off");
        tmi_text_add_char(text, '\n');
        return;
    }
    tmi_text_add(text, "trackmem: no leak ");
    tmi_text_add(text, leaks->when);
    tmi_text_add(text, " but what is suppressed\n");
    add_excuses(text, leaks, style);
    tmi_text_add_char(text, '\n');
}

static void add_excuses_json(struct tmi_text *text, const struct tmi_leaks *leaks)
{
    if (leaks->excuse_count == 0)
        return;
    tmi_text_add_json_key(text, "suppressed");
    tmi_text_add_char(text, '[');
    for (size_t i = 0; i < leaks->excuse_count; ++i) {
        tmi_text_add_json_item(text);
        tmi_text_add_char(text, '{');
        tmi_text_add_json_string(text, "by", leaks->excuses[i].text);
        tmi_text_add_json_number(text, "blocks", leaks->excuses[i].blocks);
        tmi_text_add_json_number(text, "bytes", leaks->excuses[i].bytes);
        tmi_text_add_char(text, '}');
    }
    tmi_text_add_char(text, ']');
}

static void add_leak_json(struct tmi_text *text, const struct tmi_leak *leak)
{
    static const char *const classes[] = { "lost", "indirectly-lost", "reachable", "alive" };

    tmi_text_add_json_item(text);
    tmi_text_add_char(text, '{');
    tmi_text_add_json_string(text, "class", classes[leak->class]);
    if (tmi_place_known(&leak->place)) {
        tmi_text_add_json_key(text, "place");
        tmi_place_add_json(text, &leak->place);
    }
    if (leak->domain != NULL) {
        tmi_text_add_json_key(text, "domain");
        tmi_domain_add_json(text, leak->domain);
    }
    tmi_text_add_json_number(text, "live_bytes", leak->bytes);
    tmi_text_add_json_number(text, "live_blocks", leak->blocks);
    if (tmi_place_known(&leak->resized)) {
        tmi_text_add_json_key(text, "failed_resize");
        tmi_place_add_json(text, &leak->resized);
    }
    tmi_stack_add_json(text, "stack", leak->stack, false);
    tmi_text_add_char(text, '}');
}

void tmi_leaks_add_json(struct tmi_text *text, const struct tmi_leaks *leaks)
{
    if (leaks->when != NULL)
        tmi_text_add_json_string(text, "when", leaks->when);
    tmi_text_add_json_number(text, "live_blocks", leaks->blocks);
    tmi_text_add_json_number(text, "live_bytes", leaks->bytes);
    tmi_text_add_json_key(text, "sites");
    tmi_text_add_char(text, '[');
    for (size_t i = 0; i < leaks->count; ++i)
        add_leak_json(text, &leaks->list[i]);
    tmi_text_add_char(text, ']');
    add_excuses_json(text, leaks);
    if (!leaks->searched)
        return;
    tmi_text_add_json_number(text, "reachable_blocks", leaks->reachable_blocks);
    tmi_text_add_json_number(text, "reachable_bytes", leaks->reachable_bytes);
    tmi_text_add_json_number(text, "interior_blocks", leaks->interior_blocks);
    tmi_text_add_json_number(text, "threads_held", leaks->held);
    tmi_text_add_json_number(text, "threads_running", leaks->running);
}

void tmi_leaks_write_excuses_json(struct tmi_text *text, const struct tmi_leaks *leaks)
{
    tmi_text_add_char(text, '{');
    tmi_text_add_json_string(text, "type",
                             leaks->failed ? "leaks-not-searched" : "suppressed-leaks");
    if (leaks->when != NULL)
        tmi_text_add_json_string(text, "when", leaks->when);
    if (!leaks->failed)
        add_excuses_json(text, leaks);
    tmi_words_add_json_program(text);
    tmi_text_add(text, "}\n");
}
