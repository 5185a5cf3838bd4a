/*
 * report/accounting_sites.c: the call sites that hold most, one line each: figures to the left,
 * then as much of place, function and domain as 100 columns take.
 */
#include "report/words.h"

#define FIGURE_COLUMNS  41
#define WORD_COLUMNS    (TMI_REPORT_COLUMNS - FIGURE_COLUMNS - 2 * GAP)
#define GAP             2
#define LONGEST_WORD    512
#define USEFUL_FUNCTION 24

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
static void choose_widths(const struct tmi_snapshot *snapshot, size_t shown, size_t widths[COLUMNS])
{
    char buffer[LONGEST_WORD];
    size_t cores[COLUMNS] = { 0 };
    widths[PLACE] = tmi_text_columns("Call site");
    widths[FUNCTION] = tmi_text_columns("Function");
    widths[DOMAIN] = tmi_text_columns("Domain");
    for (size_t i = 0; i < shown; i++) {
        for (unsigned column = 0; column < COLUMNS; column++) {
            write_word(&snapshot->sites[i], column, buffer, sizeof buffer);
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

static void add_row(struct tmi_text *text, const struct tmi_style *style,
                    const struct trackmem_site_stats *site, const size_t widths[COLUMNS])
{
    char buffer[LONGEST_WORD];
    size_t start = FIGURE_COLUMNS;
    tmi_words_add_bytes_right(text, site->live_bytes, 11, "");
    tmi_words_add_count_right(text, site->live_blocks, 8);
    tmi_words_add_bytes_right(text, site->total_bytes, 11, "");
    tmi_words_add_count_right(text, site->total_blocks, 9);
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

void tmi_accounting_write_sites(struct tmi_text *text, const struct tmi_accounting *accounting)
{
    const struct tmi_snapshot *snapshot = accounting->snapshot;
    const struct tmi_style *style = accounting->style;
    bool live = snapshot->domains[0].all.live_bytes > 0;
    size_t shown = snapshot->site_count < accounting->top_sites ? snapshot->site_count
                                                                : accounting->top_sites;
    size_t widths[COLUMNS];
    if (shown == 0)
        return;
    choose_widths(snapshot, shown, widths);
    tmi_text_add_style(text, style->quiet);
    tmi_text_add_right(text, "Live", 11);
    tmi_text_add_right(text, "Blocks", 8);
    tmi_text_add_right(text, "Total", 11);
    tmi_text_add_right(text, "Blocks", 9);
    tmi_text_add(text, "  Call site");
    tmi_text_pad_to(text, FIGURE_COLUMNS + widths[PLACE] + GAP);
    tmi_text_add(text, "Function");
    tmi_text_pad_to(text, FIGURE_COLUMNS + widths[PLACE] + widths[FUNCTION] + 2 * GAP);
    tmi_text_add(text, "Domain");
    tmi_text_add_style(text, style->off);
    tmi_text_add_char(text, '\n');
    for (size_t i = 0; i < shown; i++)
        add_row(text, style, &snapshot->sites[i], widths);
    if (shown < snapshot->site_count) {
        tmi_text_add_style(text, style->quiet);
        tmi_text_pad_to(text, FIGURE_COLUMNS);
        tmi_text_add(text, "and ");
        tmi_words_add_plural(text, snapshot->site_count - shown, "site", "sites");
        tmi_text_add(text, live ? " with fewer live bytes (top=N lists more)"
                                : " with fewer bytes in all (top=N lists more)");
        tmi_text_add_style(text, style->off);
        tmi_text_add_char(text, '\n');
    }
}
