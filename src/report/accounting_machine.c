/*
 * report/accounting_machine.c: what only firmware has in its accounting: tasks, each with the
 * figures of its domain, and the regions that blocks lie in, with how far they are cut up.
 */
#include "report/words.h"

#define NAME_COLUMN  2
#define NAME_COLUMNS 24

static void begin_table(struct tmi_text *text, const struct tmi_style *style, const char *name)
{
    tmi_text_add_char(text, '\n');
    tmi_text_add_style(text, style->quiet);
    tmi_text_pad_to(text, NAME_COLUMN);
    tmi_text_add(text, name);
    tmi_text_pad_to(text, NAME_COLUMN + NAME_COLUMNS);
}

static void end_head(struct tmi_text *text, const struct tmi_style *style)
{
    tmi_text_add_style(text, style->off);
    tmi_text_add_char(text, '\n');
}

static void add_domain(struct tmi_text *text, const struct trackmem_domain *domain)
{
    char path[512];
    struct tmi_text words;

    tmi_text_init(&words, path, sizeof path);
    tmi_domain_add_name(&words, domain);
    tmi_text_add_keeping_end(text, path, TMI_REPORT_COLUMNS - text->column);
}

void tmi_accounting_write_tasks(struct tmi_text *text, const struct tmi_accounting *accounting)
{
    const struct tmi_snapshot *snapshot = accounting->snapshot;

    if (snapshot->task_count == 0)
        return;
    begin_table(text, accounting->style, "Task");
    tmi_text_add_right(text, "Live", 10);
    tmi_text_add_right(text, "High water", 12);
    tmi_text_add(text, "  Domain");
    end_head(text, accounting->style);
    for (size_t i = 0; i < snapshot->task_count; ++i) {
        const struct tmi_task_row *task = &snapshot->tasks[i];

        tmi_text_pad_to(text, NAME_COLUMN);
        tmi_text_add_keeping_end(text, task->name, NAME_COLUMNS);
        tmi_text_pad_to(text, NAME_COLUMN + NAME_COLUMNS);
        tmi_words_add_bytes_right(text, task->row->all.live_bytes, 10, "");
        tmi_words_add_bytes_right(text, task->row->all.peak_bytes, 12, "");
        tmi_text_add(text, "  ");
        add_domain(text, task->domain);
        if (task->now != task->domain) {
            tmi_text_add(text, ", now ");
            add_domain(text, task->now);
        }
        tmi_text_add_char(text, '\n');
    }
}

/* "25%": how much of what is free does not lie in the largest piece. */
static void add_fragmentation(struct tmi_text *text, const struct trackmem_region_figures *figures)
{
    char percent[16];
    struct tmi_text words;

    tmi_text_init(&words, percent, sizeof percent);
    tmi_text_add_percent(&words, figures->free_bytes - figures->largest_free_bytes,
                         figures->free_bytes != 0 ? figures->free_bytes : 1);
    tmi_text_add_right(text, percent, 14);
}

void tmi_accounting_write_regions(struct tmi_text *text, const struct tmi_accounting *accounting)
{
    const struct tmi_snapshot *snapshot = accounting->snapshot;

    if (snapshot->region_count == 0)
        return;
    begin_table(text, accounting->style, "Region");
    tmi_text_add_right(text, "Used", 10);
    tmi_text_add_right(text, "High water", 12);
    tmi_text_add_right(text, "Size", 11);
    tmi_text_add_right(text, "Largest free", 14);
    tmi_text_add_right(text, "Fragmented", 14);
    end_head(text, accounting->style);
    for (size_t i = 0; i < snapshot->region_count; ++i) {
        const struct trackmem_region_figures *figures = &snapshot->regions[i].figures;

        tmi_text_pad_to(text, NAME_COLUMN);
        tmi_text_add_address(text, snapshot->regions[i].start);
        tmi_text_pad_to(text, NAME_COLUMN + NAME_COLUMNS);
        tmi_words_add_bytes_right(text, figures->used_bytes, 10, "");
        tmi_words_add_bytes_right(text, figures->high_water_bytes, 12, "");
        tmi_words_add_bytes_right(text, figures->size_bytes, 11, "");
        tmi_words_add_bytes_right(text, figures->largest_free_bytes, 14, "");
        add_fragmentation(text, figures);
        if (figures->damages != 0) {
            tmi_text_add(text, "  ");
            tmi_text_add_style(text, accounting->style->bad);
            tmi_text_add(text, "damaged");
            tmi_text_add_style(text, accounting->style->off);
        }
        tmi_text_add_char(text, '\n');
    }
}

static void add_tasks(struct tmi_text *text, const struct tmi_snapshot *snapshot)
{
    tmi_text_add_json_key(text, "tasks");
    tmi_text_add_char(text, '[');
    for (size_t i = 0; i < snapshot->task_count; ++i) {
        tmi_text_add_json_item(text);
        tmi_text_add_char(text, '{');
        tmi_text_add_json_string(text, "name", snapshot->tasks[i].name);
        tmi_text_add_json_key(text, "domain");
        tmi_domain_add_json(text, snapshot->tasks[i].domain);
        tmi_text_add_json_key(text, "now");
        tmi_domain_add_json(text, snapshot->tasks[i].now);
        tmi_text_add_char(text, '}');
    }
    tmi_text_add_char(text, ']');
}

static void add_regions(struct tmi_text *text, const struct tmi_snapshot *snapshot)
{
    tmi_text_add_json_key(text, "regions");
    tmi_text_add_char(text, '[');
    for (size_t i = 0; i < snapshot->region_count; ++i) {
        const struct trackmem_region_figures *figures = &snapshot->regions[i].figures;

        tmi_text_add_json_item(text);
        tmi_text_add(text, "{\"start\":\"");
        tmi_text_add_address(text, snapshot->regions[i].start);
        tmi_text_add_char(text, '"');
        tmi_text_add_json_number(text, "size_bytes", figures->size_bytes);
        tmi_text_add_json_number(text, "used_bytes", figures->used_bytes);
        tmi_text_add_json_number(text, "used_blocks", figures->used_blocks);
        tmi_text_add_json_number(text, "high_water_bytes", figures->high_water_bytes);
        tmi_text_add_json_number(text, "free_bytes", figures->free_bytes);
        tmi_text_add_json_number(text, "free_blocks", figures->free_blocks);
        tmi_text_add_json_number(text, "largest_free_bytes", figures->largest_free_bytes);
        tmi_text_add_json_number(text, "fragmentation_permille", figures->fragmentation_permille);
        tmi_text_add_json_number(text, "damages", figures->damages);
        tmi_text_add_char(text, '}');
    }
    tmi_text_add_char(text, ']');
}

void tmi_accounting_write_machine_json(struct tmi_text *text, const struct tmi_snapshot *snapshot)
{
    if (snapshot->task_count != 0)
        add_tasks(text, snapshot);
    if (snapshot->region_count != 0)
        add_regions(text, snapshot);
}
