/*
 * report/accounting_tree.c: the domains as a tree, one line each:
 *
 *     Domain                        Live     Blocks        Peak       Total  Share of live
 *     process                   12.3 MiB     84,210    14.1 MiB    48.9 MiB
 *     +- sqlite                  8.9 MiB     12,011     9.2 MiB    31.0 MiB  ##########     72%
 *     |  `- page cache ...
 *
 * Figures include the descendants. Where there are very many domains, the small ones are left out
 * and counted.
 */
#include "report/words.h"

#define NAME_COLUMN 2
#define LEAST_NAME  20
#define MOST_NAME   34 /* and 66 for the figures */
#define BAR_COLUMNS 13
/* Up to so many rows all are shown; beyond, those below a two-hundredth of the process's peak are
 * not. */
#define ALL_SHOWN  48
#define SMALL_PART 200

static const struct tmi_domain_row *parent_of(const struct tmi_snapshot *snapshot,
                                              const struct tmi_domain_row *row)
{
    return &snapshot->domains[row->parent];
}

static bool is_shown(const struct tmi_snapshot *snapshot, const struct tmi_domain_row *row)
{
    uint64_t least = snapshot->domains[0].all.peak_bytes / SMALL_PART;
    if (snapshot->domain_count <= ALL_SHOWN)
        return true;
    for (; row->depth > 0; row = parent_of(snapshot, row)) {
        if (row->all.peak_bytes < least)
            return false;
    }
    return true;
}

/* Whether a shown sibling follows. Rows of one tree stand together, so a higher row ends it. */
static bool has_later_sibling(const struct tmi_snapshot *snapshot, const struct tmi_domain_row *row)
{
    const struct tmi_domain_row *end = snapshot->domains + snapshot->domain_count;
    for (const struct tmi_domain_row *later = row + 1; later < end; later++) {
        if (later->depth < row->depth)
            return false;
        if (later->depth == row->depth && is_shown(snapshot, later))
            return true;
    }
    return false;
}

/* The lines left of a name: those of its ancestors go on where they have later siblings. */
static void add_branch(struct tmi_text *text, const struct tmi_snapshot *snapshot,
                       const struct tmi_domain_row *row, const struct tmi_domain_row *leaf)
{
    bool more = has_later_sibling(snapshot, row);
    if (row->depth > 1)
        add_branch(text, snapshot, parent_of(snapshot, row), leaf);
    if (row == leaf && text->utf8)
        tmi_text_add(text, more ? "\xe2\x94\x9c\xe2\x94\x80 " : "\xe2\x94\x94\xe2\x94\x80 ");
    else if (row == leaf)
        tmi_text_add(text, more ? "|- " : "`- ");
    else if (more)
        tmi_text_add(text, text->utf8 ? "\xe2\x94\x82  " : "|  ");
    else
        tmi_text_add(text, "   ");
}

static size_t name_columns(const struct tmi_domain_row *row)
{
    return 3 * (size_t)row->depth + tmi_text_columns(row->name) + (row->destroyed ? 8 : 0);
}

static size_t widest_name(const struct tmi_snapshot *snapshot)
{
    size_t widest = LEAST_NAME;
    for (size_t i = 0; i < snapshot->domain_count; i++) {
        size_t columns = name_columns(&snapshot->domains[i]);
        if (columns > widest && is_shown(snapshot, &snapshot->domains[i]))
            widest = columns;
    }
    return widest < MOST_NAME ? widest : MOST_NAME;
}

static void add_name(struct tmi_text *text, const struct tmi_accounting *accounting,
                     const struct tmi_domain_row *row, size_t width)
{
    size_t end = NAME_COLUMN + width;
    tmi_text_pad_to(text, NAME_COLUMN);
    if (row->depth > 0) {
        tmi_text_add_style(text, accounting->style->quiet);
        /* A very deep one is shown at the left, after its depth. */
        if (3 * (size_t)row->depth + 8 <= width) {
            add_branch(text, accounting->snapshot, row, row);
        } else {
            tmi_text_add_unsigned(text, row->depth);
            tmi_text_add(text, " deep: ");
        }
        tmi_text_add_style(text, accounting->style->off);
    }
    if (row->depth == 0)
        tmi_text_add_style(text, accounting->style->strong);
    tmi_text_add_keeping_both_ends(text, row->name, end - text->column - (row->destroyed ? 8 : 0));
    tmi_text_add_style(text, row->destroyed ? accounting->style->quiet : "");
    tmi_text_add(text, row->destroyed ? " (ended)" : "");
    tmi_text_add_style(text, accounting->style->off);
    tmi_text_pad_to(text, end);
}

/* What a share is a share of: live bytes, or when nothing is alive all bytes ever. */
static uint64_t measure(const struct tmi_snapshot *snapshot, const struct tmi_domain_row *row)
{
    return snapshot->domains[0].all.live_bytes > 0 ? row->all.live_bytes : row->all.total_bytes;
}

static void add_share(struct tmi_text *text, const struct tmi_accounting *accounting,
                      const struct tmi_domain_row *row)
{
    uint64_t whole = measure(accounting->snapshot, &accounting->snapshot->domains[0]);
    uint64_t part = measure(accounting->snapshot, row);
    char figure[16];
    struct tmi_text percent;
    size_t start = text->column + 2;
    if (whole == 0)
        return;
    tmi_text_init(&percent, figure, sizeof figure);
    tmi_text_add_percent(&percent, part, whole);
    tmi_text_pad_to(text, start);
    tmi_text_add_style(text, accounting->style->bar);
    tmi_words_add_bar(text, part, whole, BAR_COLUMNS);
    tmi_text_add_style(text, accounting->style->off);
    tmi_text_pad_to(text, start + BAR_COLUMNS);
    tmi_text_add_right(text, figure, 5);
}

static void add_row(struct tmi_text *text, const struct tmi_accounting *accounting,
                    const struct tmi_domain_row *row, size_t width)
{
    const char *at_most = text->utf8 ? "\xe2\x89\xa4" : "<=";
    const char *mark = row->all.peak_slack_bytes > 0 ? at_most : "";
    add_name(text, accounting, row, width);
    tmi_words_add_bytes_right(text, row->all.live_bytes, 10, "");
    tmi_words_add_count_right(text, row->all.live_blocks, 11);
    tmi_words_add_bytes_right(text, row->all.peak_bytes, 12, mark);
    if (!accounting->snapshot->lacks_totals)
        tmi_words_add_bytes_right(text, row->all.total_bytes, 11, "");
    if (row->depth > 0)
        add_share(text, accounting, row);
    tmi_text_add_char(text, '\n');
}

static void add_head(struct tmi_text *text, const struct tmi_accounting *accounting, size_t width)
{
    bool live = accounting->snapshot->domains[0].all.live_bytes > 0;
    tmi_text_add_style(text, accounting->style->quiet);
    tmi_text_pad_to(text, NAME_COLUMN);
    tmi_text_add(text, "Domain");
    tmi_text_pad_to(text, NAME_COLUMN + width);
    tmi_text_add_right(text, "Live", 10);
    tmi_text_add_right(text, "Blocks", 11);
    tmi_text_add_right(text, "Peak", 12);
    if (!accounting->snapshot->lacks_totals)
        tmi_text_add_right(text, "Total", 11);
    if (accounting->snapshot->domain_count > 1)
        tmi_text_add(text, live ? "  Share of live" : "  Share of total");
    tmi_text_add_style(text, accounting->style->off);
    tmi_text_add_char(text, '\n');
}

void tmi_accounting_write_domains(struct tmi_text *text, const struct tmi_accounting *accounting)
{
    const struct tmi_snapshot *snapshot = accounting->snapshot;
    size_t width = widest_name(snapshot);
    size_t hidden = 0;
    add_head(text, accounting, width);
    for (size_t i = 0; i < snapshot->domain_count; i++) {
        if (is_shown(snapshot, &snapshot->domains[i]))
            add_row(text, accounting, &snapshot->domains[i], width);
        else
            hidden++;
    }
    if (hidden > 0) {
        tmi_text_add_style(text, accounting->style->quiet);
        tmi_text_pad_to(text, NAME_COLUMN);
        tmi_text_add(text, "and ");
        tmi_words_add_plural(text, hidden, "smaller domain", "smaller domains");
        tmi_text_add(text, ", in the figures above (format=json lists all)");
        tmi_text_add_style(text, accounting->style->off);
        tmi_text_add_char(text, '\n');
    }
}
