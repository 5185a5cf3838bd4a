/*
 * report/accounting_text.c: the accounting for people: head, domains, call sites, and a closing
 * block. The tree of domains is accounting_tree.c's, the list of call sites accounting_sites.c's.
 * Reads a snapshot; allocates nothing; the lock "report" may be held.
 */
#include "base/config.h"
#include "platform/platform.h"
#include "report/words.h"

#define LABEL_COLUMN   2
#define FIGURE_COLUMNS 11
#define FIGURE_COLUMN  17
#define REMARK_COLUMN  (FIGURE_COLUMN + FIGURE_COLUMNS + 3)

/* A line of the closing block: its name, a figure to the right, and room for a remark. */
static void begin_line(struct tmi_text *text, const struct tmi_style *style, const char *label,
                       const char *figure)
{
    tmi_text_pad_to(text, LABEL_COLUMN);
    tmi_text_add(text, label);
    tmi_text_pad_to(text, FIGURE_COLUMN);
    tmi_text_add_right(text, figure, FIGURE_COLUMNS);
    tmi_text_add_style(text, style->quiet);
}

static void end_line(struct tmi_text *text, const struct tmi_style *style)
{
    tmi_text_add_style(text, style->off);
    tmi_text_add_char(text, '\n');
}

static void add_line(struct tmi_text *text, const struct tmi_style *style, const char *label,
                     const char *figure, const char *remark)
{
    begin_line(text, style, label, figure);
    tmi_text_pad_to(text, REMARK_COLUMN);
    tmi_text_add(text, remark);
    end_line(text, style);
}

static void add_bytes_line(struct tmi_text *text, const struct tmi_style *style, const char *label,
                           uint64_t bytes, const char *remark)
{
    char figure[32];
    struct tmi_text number;
    tmi_text_init(&number, figure, sizeof figure);
    tmi_text_add_human_bytes(&number, bytes);
    add_line(text, style, label, figure, remark);
}

static void add_count_line(struct tmi_text *text, const struct tmi_style *style, const char *label,
                           uint64_t count, const char *remark)
{
    char figure[32];
    struct tmi_text number;
    tmi_text_init(&number, figure, sizeof figure);
    tmi_text_add_count(&number, count);
    add_line(text, style, label, figure, remark);
}

static void add_overhead(struct tmi_text *text, const struct tmi_style *style,
                         const struct trackmem_stats *all)
{
    char remark[96];
    struct tmi_text words;
    tmi_text_init(&words, remark, sizeof remark);
    tmi_text_add(&words, "headers and alignment of the live blocks");
    if (all->live_bytes > 0) {
        tmi_text_add(&words, ", ");
        tmi_text_add_percent(&words, all->overhead_bytes, all->live_bytes);
        tmi_text_add(&words, " of their bytes");
    }
    add_bytes_line(text, style, "Overhead", all->overhead_bytes, remark);
}

/* "<= 63 B": where the blocks of a size class end. */
static void add_class_end(struct tmi_text *text, unsigned size_class)
{
    tmi_text_add_human_bytes(text, size_class >= 63 ? UINT64_MAX : ((uint64_t)2 << size_class) - 1);
}

/* What the size classes tell. */
struct spread {
    unsigned first;
    unsigned last;
    unsigned middle; /* half of all blocks are in this class or below */
};

/* False if there never was a block. */
static bool measure_spread(const struct trackmem_stats *all, struct spread *spread)
{
    uint64_t sum = 0;
    uint64_t below = 0;
    *spread = (struct spread){ .first = TRACKMEM_SIZE_CLASSES };
    for (unsigned i = 0; i < TRACKMEM_SIZE_CLASSES; i++) {
        sum += all->size_class[i];
        if (all->size_class[i] > 0 && spread->first > i)
            spread->first = i;
        if (all->size_class[i] > 0)
            spread->last = i;
    }
    if (sum == 0)
        return false;
    while ((below += all->size_class[spread->middle]) < sum - sum / 2)
        spread->middle++;
    return true;
}

/* A column for each size class, or each few if there are many; as high as it has blocks. */
static void add_columns(struct tmi_text *text, const struct trackmem_stats *all,
                        const struct spread *spread)
{
    static const char *const levels[] = { " ",
                                          "\xe2\x96\x81",
                                          "\xe2\x96\x82",
                                          "\xe2\x96\x83",
                                          "\xe2\x96\x84",
                                          "\xe2\x96\x85",
                                          "\xe2\x96\x86",
                                          "\xe2\x96\x87",
                                          "\xe2\x96\x88" };
    unsigned classes = spread->last - spread->first + 1;
    unsigned step = (classes + FIGURE_COLUMNS - 1) / FIGURE_COLUMNS;
    unsigned columns = (classes + step - 1) / step;
    uint64_t heights[FIGURE_COLUMNS] = { 0 };
    uint64_t most = 0;
    for (unsigned i = 0; i < classes; i++) {
        heights[i / step] += all->size_class[spread->first + i];
        most = heights[i / step] > most ? heights[i / step] : most;
    }
    tmi_text_pad_to(text, FIGURE_COLUMN + FIGURE_COLUMNS - columns);
    for (unsigned i = 0; i < columns; i++) {
        uint64_t level = heights[i] / (most / 8 + 1);
        tmi_text_add(text, levels[heights[i] > 0 ? 1 + level : 0]);
    }
}

/* How the sizes of all blocks ever made are spread. */
static void add_sizes(struct tmi_text *text, const struct tmi_style *style,
                      const struct trackmem_stats *all)
{
    struct spread spread;
    if (!measure_spread(all, &spread))
        return;
    tmi_text_pad_to(text, LABEL_COLUMN);
    tmi_text_add(text, "Block sizes");
    if (text->utf8) {
        tmi_text_add_style(text, style->bar);
        add_columns(text, all, &spread);
        tmi_text_add_style(text, style->off);
    }
    tmi_text_pad_to(text, REMARK_COLUMN);
    tmi_text_add_style(text, style->quiet);
    tmi_text_add(text, "half of all blocks ever had at most ");
    add_class_end(text, spread.middle);
    tmi_text_add(text, ", the largest ");
    add_class_end(text, spread.last);
    end_line(text, style);
}

static void add_misuse(struct tmi_text *text, const struct tmi_style *style)
{
    uint64_t count = tmi_report_misuse_count();
    char figure[32];
    struct tmi_text number;
    tmi_text_init(&number, figure, sizeof figure);
    tmi_text_add_count(&number, count);
    tmi_text_add_style(text, count == 0 ? style->good : style->bad);
    begin_line(text, tmi_style_of(false), "Misuse", count == 0 ? "none" : figure);
    if (count > 0) {
        tmi_text_pad_to(text, REMARK_COLUMN);
        tmi_text_add(text, "reported when it happened");
    }
    end_line(text, style);
}

static void add_closing(struct tmi_text *text, const struct tmi_accounting *accounting)
{
    const struct tmi_snapshot *snapshot = accounting->snapshot;
    const struct tmi_style *style = accounting->style;
    const struct trackmem_stats *all = &snapshot->domains[0].all;
    add_sizes(text, style, all);
    add_overhead(text, style, all);
    if (tmi_delivery_subject()) {
        add_misuse(text, style);
        return;
    }
    add_bytes_line(text, style, "trackmem itself", snapshot->own_bytes,
                   "its counters, call sites and tables; not in the figures above");
    add_bytes_line(text, style, "Kept for reuse", snapshot->kept_bytes,
                   "freed spans that threads hold for their next allocations");
    add_count_line(text, style, "Call sites", tmi_accounting_holders(snapshot),
                   "pairs of call site and domain that ever allocated");
    add_count_line(text, style, "Threads", snapshot->shard_count, "the most at the same time");
    if (snapshot->untracked_sites > 0)
        add_count_line(text, style, "Not told apart", snapshot->untracked_sites,
                       "allocations counted as \"other\": a greater sites= option names them");
    if (all->failures > 0)
        add_count_line(text, style, "Refused", all->failures, "allocations that failed");
    if (all->injected > 0)
        add_count_line(text, style, "Injected", all->injected,
                       "allocations that failed on purpose (fail=...)");
    add_misuse(text, style);
}

void tmi_accounting_write_text(struct tmi_text *text, const struct tmi_accounting *accounting)
{
    const struct tmi_style *style = accounting->style;
    const char *program = tmi_words_program();
    tmi_text_add(text, "trackmem: ");
    tmi_text_add_style(text, style->strong);
    tmi_text_add(text, "memory of ");
    tmi_text_add_keeping_end(text, program[0] != '\0' ? program : "the program", 40);
    tmi_text_add_style(text, style->off);
    if (!tmi_delivery_subject()) {
        tmi_text_add(text, ", process ");
        tmi_text_add_unsigned(text, tmi_platform_process_id());
    }
    tmi_text_add(text, ", ");
    tmi_text_add(text, accounting->when);
    tmi_text_add(text, "\n\n");
    tmi_accounting_write_domains(text, accounting);
    tmi_accounting_write_budgets(text, accounting);
    tmi_accounting_write_tasks(text, accounting);
    tmi_accounting_write_regions(text, accounting);
    tmi_text_add_char(text, '\n');
    tmi_accounting_write_sites(text, accounting);
    tmi_accounting_write_refused(text, accounting);
    tmi_text_add_char(text, '\n');
    add_closing(text, accounting);
}
