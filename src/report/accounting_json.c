/*
 * report/accounting_json.c: the accounting as one JSON object on one line; docs/report.schema.json.
 */
#include "report/words.h"

static void add_stats(struct tmi_text *text, const char *key, const struct trackmem_stats *stats,
                      bool lacks_totals)
{
    unsigned classes = TRACKMEM_SIZE_CLASSES;
    tmi_text_add_json_key(text, key);
    tmi_text_add_char(text, '{');
    tmi_text_add_json_number(text, "live_bytes", stats->live_bytes);
    tmi_text_add_json_number(text, "live_blocks", stats->live_blocks);
    if (!lacks_totals)
        tmi_text_add_json_number(text, "total_bytes", stats->total_bytes);
    tmi_text_add_json_number(text, "total_blocks", stats->total_blocks);
    tmi_text_add_json_number(text, "peak_bytes", stats->peak_bytes);
    tmi_text_add_json_number(text, "peak_slack_bytes", stats->peak_slack_bytes);
    tmi_text_add_json_number(text, "overhead_bytes", stats->overhead_bytes);
    tmi_text_add_json_number(text, "failures", stats->failures);
    tmi_text_add_json_number(text, "injected", stats->injected);
    tmi_text_add_json_number(text, "refused", stats->refused);
    tmi_text_add_json_number(text, "charged_bytes", stats->charged_bytes);
    tmi_text_add_json_number(text, "soft_bytes", stats->soft_bytes);
    tmi_text_add_json_number(text, "hard_bytes", stats->hard_bytes);
    if (lacks_totals) {
        tmi_text_add_char(text, '}');
        return;
    }
    while (classes > 0 && stats->size_class[classes - 1] == 0)
        classes--;
    tmi_text_add_json_key(text, "size_class");
    tmi_text_add_char(text, '[');
    for (unsigned i = 0; i < classes; i++) {
        tmi_text_add_json_item(text);
        tmi_text_add_unsigned(text, stats->size_class[i]);
    }
    tmi_text_add(text, "]}");
}

static void add_domains(struct tmi_text *text, const struct tmi_snapshot *snapshot)
{
    tmi_text_add_json_key(text, "domains");
    tmi_text_add_char(text, '[');
    for (size_t i = 0; i < snapshot->domain_count; i++) {
        const struct tmi_domain_row *row = &snapshot->domains[i];
        tmi_text_add_json_item(text);
        tmi_text_add_char(text, '{');
        tmi_text_add_json_key(text, "path");
        tmi_domain_add_json(text, row->domain);
        tmi_text_add_json_string(text, "name", row->name);
        tmi_text_add_json_key(text, "parent");
        if (row->depth == 0)
            tmi_text_add(text, "null");
        else
            tmi_domain_add_json(text, snapshot->domains[row->parent].domain);
        tmi_text_add_json_key(text, "destroyed");
        tmi_text_add(text, row->destroyed ? "true" : "false");
        add_stats(text, "alone", &row->alone, snapshot->lacks_totals);
        add_stats(text, "with_descendants", &row->all, snapshot->lacks_totals);
        tmi_text_add_char(text, '}');
    }
    tmi_text_add_char(text, ']');
}

static void add_sites(struct tmi_text *text, const struct tmi_snapshot *snapshot)
{
    tmi_text_add_json_key(text, "sites");
    tmi_text_add_char(text, '[');
    for (size_t i = 0; i < snapshot->site_count; i++) {
        const struct trackmem_site_stats *site = &snapshot->sites[i];
        tmi_text_add_json_item(text);
        tmi_text_add_char(text, '{');
        tmi_text_add_json_key(text, "place");
        tmi_place_add_json(text, &site->place);
        tmi_text_add_json_key(text, "domain");
        tmi_domain_add_json(text, site->domain);
        tmi_text_add_json_number(text, "live_bytes", site->live_bytes);
        tmi_text_add_json_number(text, "live_blocks", site->live_blocks);
        if (!snapshot->lacks_totals) {
            tmi_text_add_json_number(text, "total_bytes", site->total_bytes);
            tmi_text_add_json_number(text, "total_blocks", site->total_blocks);
            tmi_text_add_json_number(text, "injected", site->injected);
            tmi_text_add_json_number(text, "refused_by_budget", site->refused_by_budget);
            tmi_text_add_json_number(text, "refused_by_backend", site->refused_by_backend);
        }
        tmi_text_add_char(text, '}');
    }
    tmi_text_add_char(text, ']');
}

void tmi_accounting_write_json(struct tmi_text *text, const struct tmi_accounting *accounting)
{
    const struct tmi_snapshot *snapshot = accounting->snapshot;
    tmi_text_add_char(text, '{');
    tmi_text_add_json_string(text, "type", "accounting");
    tmi_text_add_json_number(text, "version", 1);
    tmi_words_add_json_program(text);
    tmi_text_add_json_string(text, "when", accounting->when);
    add_domains(text, snapshot);
    if (!snapshot->lacks_sites)
        add_sites(text, snapshot);
    tmi_accounting_write_machine_json(text, snapshot);
    tmi_text_add_json_key(text, "trackmem");
    tmi_text_add_char(text, '{');
    if (!tmi_delivery_subject()) {
        tmi_text_add_json_number(text, "own_bytes", snapshot->own_bytes);
        tmi_text_add_json_number(text, "snapshot_bytes", snapshot->pages_bytes);
        tmi_text_add_json_number(text, "kept_bytes", snapshot->kept_bytes);
        tmi_text_add_json_number(text, "threads_at_most", snapshot->shard_count);
        tmi_text_add_json_number(text, "untracked_allocations", snapshot->untracked_sites);
    }
    tmi_text_add_json_number(text, "misuse_count", tmi_report_misuse_count());
    tmi_text_add(text, "}}\n");
}
