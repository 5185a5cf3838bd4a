/*
 * report/accounting_sites.c: the call sites that hold most, and those that were refused most, one
 * line each: figures to the left, then as much of place, function and domain as 100 columns take.
 */
#include "report/words.h"

#define FIGURE_COLUMNS  41
#define WORD_COLUMNS    (TMI_REPORT_COLUMNS - FIGURE_COLUMNS - 2 * GAP)
#define GAP             2
#define LONGEST_WORD    512
#define USEFUL_FUNCTION 24
#define MOST_REFUSED    100

/* A choice of call sites, in an order of its own. */
struct list {
    const struct tmi_snapshot *snapshot;
    size_t shown;
    const struct trackmem_site_stats *(*next)(const struct list *list,
                                              const struct trackmem_site_stats *before);
    void (*add_figures)(struct tmi_text *text, const struct trackmem_site_stats *site);
};

/* The three columns of words. */
enum { PLACE, FUNCTION, DOMAIN, COLUMNS };

static void write_word(const struct trackmem_site_stats *site, unsigned column, char *buffer,
                       size_t size)
{
    struct tmi_text word;
    tmi_text_init(&word, buffer, size);
    if (column == PLACE)
        tmi_place_add(&word, &site->place);
    else if (column == FUNCTION)
        tmi_place_add_function(&word, &site->place);
    else
        tmi_domain_add_name(&word, site->domain);
}

/* How much of a word is worth most: of paths the last component, with an ellipsis before it. */
static size_t core_columns(const char *word)
{
    size_t columns = 0;
    size_t last = 0;
    for (size_t at = 0; word[at] != '\0'; at++) {
        if (word[at] == '/')
            last = at;
    }
    columns = tmi_text_columns(word + last);
    return last > 0 ? columns + 1 : columns;
}

static void raise(size_t *columns, size_t least)
{
    if (*columns < least)
        *columns = least;
}

/* What each column needs; while that is too much, the one gives way that can best. */
static void choose_widths(const struct list *list, size_t widths[COLUMNS])
{
    const struct trackmem_site_stats *site = NULL;
    char buffer[LONGEST_WORD];
    size_t cores[COLUMNS] = { 0 };
    widths[PLACE] = tmi_text_columns("Call site");
    widths[FUNCTION] = tmi_text_columns("Function");
    widths[DOMAIN] = tmi_text_columns("Domain");
    for (size_t i = 0; i < list->shown; i++) {
        site = list->next(list, site);
        for (unsigned column = 0; column < COLUMNS; column++) {
            write_word(site, column, buffer, sizeof buffer);
            raise(&widths[column], tmi_text_columns(buffer));
            raise(&cores[column], core_columns(buffer));
        }
    }
    if (cores[FUNCTION] > USEFUL_FUNCTION) /* C++ gives whole signatures */
        cores[FUNCTION] = USEFUL_FUNCTION;
    while (widths[PLACE] + widths[FUNCTION] + widths[DOMAIN] > WORD_COLUMNS) {
        size_t gives = PLACE;
        size_t most = 0;
        for (size_t column = 0; column < COLUMNS; column++) {
            size_t spare = widths[column] > cores[column] ? widths[column] - cores[column] : 0;
            /* Below the cores, the widest gives. */
            size_t can_give = spare > 0 ? LONGEST_WORD + spare : widths[column];
            if (can_give > most) {
                most = can_give;
                gives = column;
            }
        }
        widths[gives]--;
    }
}

static void add_row(struct tmi_text *text, const struct tmi_style *style, const struct list *list,
                    const struct trackmem_site_stats *site, const size_t widths[COLUMNS])
{
    char buffer[LONGEST_WORD];
    size_t start = FIGURE_COLUMNS;
    list->add_figures(text, site);
    for (unsigned column = 0; column < COLUMNS; column++) {
        write_word(site, column, buffer, sizeof buffer);
        if (buffer[0] != '\0')
            tmi_text_pad_to(text, start);
        tmi_text_add_style(text, column == PLACE ? style->strong : "");
        if (column == FUNCTION)
            tmi_text_add_keeping_both_ends(text, buffer, widths[column]);
        else
            tmi_text_add_keeping_end(text, buffer, widths[column]);
        tmi_text_add_style(text, column == PLACE ? style->off : "");
        start += widths[column] + GAP;
    }
    tmi_text_add_char(text, '\n');
}

/* The heads of the figures stand already. */
static void add_list(struct tmi_text *text, const struct tmi_style *style, const struct list *list)
{
    const struct trackmem_site_stats *site = NULL;
    size_t widths[COLUMNS];
    choose_widths(list, widths);
    tmi_text_pad_to(text, FIGURE_COLUMNS);
    tmi_text_add(text, "Call site");
    tmi_text_pad_to(text, FIGURE_COLUMNS + widths[PLACE] + GAP);
    tmi_text_add(text, "Function");
    tmi_text_pad_to(text, FIGURE_COLUMNS + widths[PLACE] + widths[FUNCTION] + 2 * GAP);
    tmi_text_add(text, "Domain");
    tmi_text_add_style(text, style->off);
    tmi_text_add_char(text, '\n');
    for (size_t i = 0; i < list->shown; i++) {
        site = list->next(list, site);
        add_row(text, style, list, site, widths);
    }
}

static void add_rest(struct tmi_text *text, const struct tmi_style *style, size_t hidden,
                     const char *remark)
{
    if (hidden == 0)
        return;
    tmi_text_add_style(text, style->quiet);
    tmi_text_pad_to(text, FIGURE_COLUMNS);
    tmi_text_add(text, "and ");
    tmi_words_add_plural(text, hidden, "site", "sites");
    tmi_text_add(text, remark);
    tmi_text_add_style(text, style->off);
    tmi_text_add_char(text, '\n');
}

static const struct trackmem_site_stats *next_holder(const struct list *list,
                                                     const struct trackmem_site_stats *before)
{
    return before == NULL ? list->snapshot->sites : before + 1;
}

static void add_held(struct tmi_text *text, const struct trackmem_site_stats *site)
{
    tmi_words_add_bytes_right(text, site->live_bytes, 11, "");
    tmi_words_add_count_right(text, site->live_blocks, 8);
    tmi_words_add_bytes_right(text, site->total_bytes, 11, "");
    tmi_words_add_count_right(text, site->total_blocks, 9);
}

static void add_live(struct tmi_text *text, const struct trackmem_site_stats *site)
{
    tmi_words_add_bytes_right(text, site->live_bytes, 11, "");
    tmi_words_add_count_right(text, site->live_blocks, 8);
}

void tmi_accounting_write_sites(struct tmi_text *text, const struct tmi_accounting *accounting)
{
    const struct tmi_snapshot *snapshot = accounting->snapshot;
    const struct tmi_style *style = accounting->style;
    bool live = snapshot->domains[0].all.live_bytes > 0;
    struct list list = { .snapshot = snapshot,
                         .next = next_holder,
                         .add_figures = snapshot->lacks_totals ? add_live : add_held };
    size_t count = tmi_accounting_holders(snapshot);
    list.shown = count < accounting->top_sites ? count : accounting->top_sites;
    if (list.shown == 0)
        return;
    tmi_text_add_style(text, style->quiet);
    tmi_text_add_right(text, "Live", 11);
    tmi_text_add_right(text, "Blocks", 8);
    if (!snapshot->lacks_totals) {
        tmi_text_add_right(text, "Total", 11);
        tmi_text_add_right(text, "Blocks", 9);
    }
    add_list(text, style, &list);
    add_rest(text, style, count - list.shown,
             live ? " with fewer live bytes (top=N lists more)"
                  : " with fewer bytes in all (top=N lists more)");
}

/* Those that only were refused stand at the end. */
size_t tmi_accounting_holders(const struct tmi_snapshot *snapshot)
{
    size_t count = snapshot->site_count;
    while (count > 0 && snapshot->sites[count - 1].total_blocks == 0 &&
           snapshot->sites[count - 1].live_bytes == 0)
        count--;
    return count;
}

static uint64_t refusals(const struct trackmem_site_stats *site)
{
    return site->injected + site->refused_by_budget + site->refused_by_backend;
}

/* The one refused most, of those after it in that order. */
static const struct trackmem_site_stats *next_refused(const struct list *list,
                                                      const struct trackmem_site_stats *before)
{
    const struct trackmem_site_stats *end = list->snapshot->sites + list->snapshot->site_count;
    const struct trackmem_site_stats *next = NULL;
    for (const struct trackmem_site_stats *site = list->snapshot->sites; site < end; site++) {
        bool later = before == NULL || refusals(site) < refusals(before) ||
                     (refusals(site) == refusals(before) && site > before);
        if (later && refusals(site) > 0 && (next == NULL || refusals(site) > refusals(next)))
            next = site;
    }
    return next;
}

static void add_refusals(struct tmi_text *text, const struct trackmem_site_stats *site)
{
    tmi_words_add_count_right(text, site->refused_by_budget, 11);
    tmi_words_add_count_right(text, site->refused_by_backend, 14);
    tmi_words_add_count_right(text, site->injected, 14);
}

void tmi_accounting_write_refused(struct tmi_text *text, const struct tmi_accounting *accounting)
{
    const struct tmi_snapshot *snapshot = accounting->snapshot;
    const struct tmi_style *style = accounting->style;
    struct list list = { .snapshot = snapshot, .next = next_refused, .add_figures = add_refusals };
    size_t most = accounting->top_sites < MOST_REFUSED ? accounting->top_sites : MOST_REFUSED;
    size_t count = 0;
    for (size_t i = 0; i < snapshot->site_count; i++)
        count += refusals(&snapshot->sites[i]) > 0;
    list.shown = count < most ? count : most;
    if (list.shown == 0)
        return;
    tmi_text_add_char(text, '\n');
    tmi_text_add_style(text, style->quiet);
    tmi_text_add_right(text, "By budget", 11);
    tmi_text_add_right(text, "By backend", 14);
    tmi_text_add_right(text, "On purpose", 14);
    add_list(text, style, &list);
    add_rest(text, style, count - list.shown, " refused less often (format=json lists all)");
}
