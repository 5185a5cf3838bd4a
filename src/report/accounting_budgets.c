/*
 * report/accounting_budgets.c: the domains that have a budget, what counts against it largest
 * first, one line each; nothing where there is none:
 *
 *     Budget              Charged      Soft       Hard   Refused
 *     driver/cache        7.9 MiB   6.0 MiB    8.0 MiB     1,204  ############# 99%
 */
#include "report/words.h"

#define NAME_COLUMN  2
#define NAME_COLUMNS 33
#define BAR_COLUMNS  13
#define MOST_SHOWN   48

/* The next after `before` in the order of what is charged. */
static const struct tmi_domain_row *next(const struct tmi_snapshot *snapshot,
                                         const struct tmi_domain_row *before)
{
    const struct tmi_domain_row *found = NULL;
    for (size_t i = 0; i < snapshot->domain_count; i++) {
        const struct tmi_domain_row *row = &snapshot->domains[i];
        uint64_t charged = row->all.charged_bytes;
        bool later = before == NULL || charged < before->all.charged_bytes ||
                     (charged == before->all.charged_bytes && row > before);
        if ((row->all.soft_bytes > 0 || row->all.hard_bytes > 0) && later &&
            (found == NULL || charged > found->all.charged_bytes))
            found = row;
    }
    return found;
}

static void add_limit(struct tmi_text *text, uint64_t limit, size_t width)
{
    if (limit > 0)
        tmi_words_add_bytes_right(text, limit, width, "");
    else
        tmi_text_add_right(text, "none", width);
}

/* Charged of hard; of soft, if that is all there is. */
static void add_row(struct tmi_text *text, const struct tmi_style *style,
                    const struct tmi_domain_row *row)
{
    const struct trackmem_stats *all = &row->all;
    uint64_t whole = all->hard_bytes > 0 ? all->hard_bytes : all->soft_bytes;
    char buffer[512];
    struct tmi_text words;
    size_t start;
    tmi_text_init(&words, buffer, sizeof buffer);
    tmi_domain_add_name(&words, row->domain);
    tmi_text_pad_to(text, NAME_COLUMN);
    tmi_text_add_keeping_end(text, buffer, NAME_COLUMNS);
    tmi_text_pad_to(text, NAME_COLUMN + NAME_COLUMNS);
    tmi_words_add_bytes_right(text, all->charged_bytes, 10, "");
    add_limit(text, all->soft_bytes, 11);
    add_limit(text, all->hard_bytes, 11);
    tmi_words_add_count_right(text, row->alone.refused, 10);
    start = text->column + 2;
    tmi_text_init(&words, buffer, sizeof buffer);
    tmi_text_add_percent(&words, all->charged_bytes, whole);
    tmi_text_pad_to(text, start);
    tmi_text_add_style(text, all->charged_bytes > whole - whole / 10 ? style->bad : style->bar);
    tmi_words_add_bar(text, all->charged_bytes, whole, BAR_COLUMNS);
    tmi_text_add_style(text, style->off);
    tmi_text_pad_to(text, start + BAR_COLUMNS);
    tmi_text_add_right(text, buffer, 5);
    tmi_text_add_char(text, '\n');
}

void tmi_accounting_write_budgets(struct tmi_text *text, const struct tmi_accounting *accounting)
{
    const struct tmi_style *style = accounting->style;
    const struct tmi_domain_row *row = next(accounting->snapshot, NULL);
    if (row == NULL)
        return;
    tmi_text_add_char(text, '\n');
    tmi_text_add_style(text, style->quiet);
    tmi_text_pad_to(text, NAME_COLUMN);
    tmi_text_add(text, "Budget");
    tmi_text_pad_to(text, NAME_COLUMN + NAME_COLUMNS);
    tmi_text_add_right(text, "Charged", 10);
    tmi_text_add_right(text, "Soft", 11);
    tmi_text_add_right(text, "Hard", 11);
    tmi_text_add_right(text, "Refused", 10);
    tmi_text_add(text, "  Charged of limit");
    tmi_text_add_style(text, style->off);
    tmi_text_add_char(text, '\n');
    for (size_t shown = 0; row != NULL && shown < MOST_SHOWN; shown++) {
        add_row(text, style, row);
        row = next(accounting->snapshot, row);
    }
    if (row != NULL) {
        tmi_text_pad_to(text, NAME_COLUMN);
        tmi_text_add(text, "and others, with less (format=json lists all)\n");
    }
}
