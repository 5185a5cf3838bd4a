/*
 * report/accounting_prometheus.c: the accounting as metrics; docs/metrics.md. What a domain holds
 * alone and what it holds with its descendants are metrics of different names, so that sum() over
 * either kind of label counts nothing twice.
 */
#include "account/domain.h"
#include "backend/backend.h"
#include "platform/platform.h"
#include "report/metric.h"
#include "report/words.h"

#define PROCESS      "/" /* an empty label is none, and no domain can have this name */
#define LONGEST_PATH 1024

#define TEXT_OF_(number) #number
#define TEXT_OF(number)  TEXT_OF_(number)
#define VERSION                     \
    TEXT_OF(TRACKMEM_VERSION_MAJOR) \
    "." TEXT_OF(TRACKMEM_VERSION_MINOR) "." TEXT_OF(TRACKMEM_VERSION_PATCH)

enum kind {
    ALONE,  /* of the domain itself */
    TREE,   /* with descendants */
    LIMIT,  /* where it is set: 0 would read as a limit of nothing */
    REFUSED /* where a hard limit is set, or once stood in the way */
};

/* A figure of each domain, by its place in struct trackmem_stats. */
struct figure {
    struct tmi_metric metric;
    size_t offset;
    enum kind kind;
};

#define FIGURE(kind, name, type, help, member)                              \
    {                                                                       \
        { name, type, help }, offsetof(struct trackmem_stats, member), kind \
    }

static const struct figure figures[] = {
    FIGURE(ALONE, "trackmem_domain_live_bytes", "gauge",
           "Bytes asked for in live blocks of the domain itself.", live_bytes),
    FIGURE(ALONE, "trackmem_domain_live_blocks", "gauge", "Live blocks of the domain itself.",
           live_blocks),
    FIGURE(ALONE, "trackmem_domain_overhead_bytes", "gauge",
           "Headers and alignment pads of its live blocks.", overhead_bytes),
    FIGURE(ALONE, "trackmem_domain_allocated_bytes_total", "counter",
           "Bytes ever allocated in the domain itself.", total_bytes),
    FIGURE(ALONE, "trackmem_domain_allocated_blocks_total", "counter",
           "Blocks ever allocated in the domain itself.", total_blocks),
    FIGURE(TREE, "trackmem_domain_tree_live_bytes", "gauge",
           "Bytes asked for in live blocks, descendants included.", live_bytes),
    FIGURE(TREE, "trackmem_domain_tree_live_blocks", "gauge", "Live blocks, descendants included.",
           live_blocks),
    FIGURE(TREE, "trackmem_domain_tree_overhead_bytes", "gauge",
           "Headers and alignment pads, descendants included.", overhead_bytes),
    FIGURE(TREE, "trackmem_domain_tree_allocated_bytes_total", "counter",
           "Bytes ever allocated, descendants included.", total_bytes),
    FIGURE(TREE, "trackmem_domain_tree_allocated_blocks_total", "counter",
           "Blocks ever allocated, descendants included.", total_blocks),
    FIGURE(TREE, "trackmem_domain_tree_charged_bytes", "gauge",
           "What counts against a budget: live bytes and overhead, descendants included.",
           charged_bytes),
    FIGURE(TREE, "trackmem_domain_tree_peak_bytes", "gauge",
           "The most that was ever charged, or up to the slack more.", peak_bytes),
    FIGURE(TREE, "trackmem_domain_tree_peak_slack_bytes", "gauge",
           "The true peak is at most so much lower.", peak_slack_bytes),
    FIGURE(LIMIT, "trackmem_domain_budget_soft_bytes", "gauge",
           "Charged bytes at which the domain is asked to free.", soft_bytes),
    FIGURE(LIMIT, "trackmem_domain_budget_hard_bytes", "gauge",
           "Charged bytes beyond which requests are refused.", hard_bytes),
    FIGURE(REFUSED, "trackmem_domain_budget_refusals_total", "counter",
           "Requests, of descendants too, that the hard limit of this very domain refused.",
           refused),
};

static const struct tmi_metric refusals = {
    "trackmem_domain_refusals_total", "counter",
    "Requests in the domain itself that failed: by a budget, the backend, or injected on purpose."
};
static const struct tmi_metric sizes = {
    "trackmem_domain_block_size_bytes", "histogram",
    "Sizes asked for of all blocks ever allocated in the domain itself."
};

/* Series are told apart by it, so what does not fit goes by its number. */
static void label_domain(struct tmi_metrics *metrics, const struct trackmem_domain *domain)
{
    char path[LONGEST_PATH];
    struct tmi_text words;
    tmi_text_init(&words, path, sizeof path);
    if (tmi_domain_is_process(domain)) {
        tmi_text_add(&words, PROCESS);
    } else if (!tmi_domain_add_path(&words, domain) || words.cut) {
        tmi_text_init(&words, path, sizeof path);
        tmi_text_add_char(&words, '#');
        tmi_text_add_unsigned(&words, domain->id);
        tmi_text_add_char(&words, '/');
        tmi_text_add_visible(&words, domain->name);
    }
    tmi_metric_label(metrics, "domain", path);
}

static bool is_shown(enum kind kind, const struct trackmem_stats *stats, uint64_t value)
{
    return kind == ALONE || kind == TREE || value != 0 ||
           (kind == REFUSED && stats->hard_bytes != 0);
}

static void add_figure(struct tmi_metrics *metrics, const struct tmi_snapshot *snapshot,
                       const struct figure *figure)
{
    for (size_t i = 0; i < snapshot->domain_count; i++) {
        const struct tmi_domain_row *row = &snapshot->domains[i];
        const struct trackmem_stats *stats = figure->kind == TREE ? &row->all : &row->alone;
        uint64_t value = *(const uint64_t *)(const void *)((const char *)stats + figure->offset);
        if (!is_shown(figure->kind, stats, value))
            continue;
        tmi_metric_begin(metrics, &figure->metric, "");
        label_domain(metrics, row->domain);
        tmi_metric_end(metrics, value);
    }
}

static void add_refusal(struct tmi_metrics *metrics, const struct tmi_domain_row *row,
                        const char *reason, uint64_t count)
{
    tmi_metric_begin(metrics, &refusals, "");
    label_domain(metrics, row->domain);
    tmi_metric_label(metrics, "reason", reason);
    tmi_metric_end(metrics, count);
}

/* All three, also at 0: a rate can only be told from a counter that was there before. */
static void add_refusals(struct tmi_metrics *metrics, const struct tmi_snapshot *snapshot)
{
    for (size_t i = 0; i < snapshot->domain_count; i++) {
        const struct tmi_domain_row *row = &snapshot->domains[i];
        add_refusal(metrics, row, "budget", row->refused_by_budget);
        add_refusal(metrics, row, "backend", row->refused_by_backend);
        add_refusal(metrics, row, "injected", row->alone.injected);
    }
}

/* Buckets of a factor of four, from 15 bytes to 16 MiB: class k ends with 2^(k+1) - 1 bytes. */
static void add_sizes_of(struct tmi_metrics *metrics, const struct tmi_domain_row *row)
{
    enum { FIRST_CLASS = 3, LAST_CLASS = 23, STEP = 2 };
    uint64_t count = 0;
    for (unsigned k = 0; k < TRACKMEM_SIZE_CLASSES; k++) {
        count += row->alone.size_class[k];
        if (k < FIRST_CLASS || k > LAST_CLASS || (k - FIRST_CLASS) % STEP != 0)
            continue;
        tmi_metric_begin(metrics, &sizes, "_bucket");
        label_domain(metrics, row->domain);
        tmi_metric_label_number(metrics, "le", ((uint64_t)2 << k) - 1);
        tmi_metric_end(metrics, count);
    }
    tmi_metric_begin(metrics, &sizes, "_bucket");
    label_domain(metrics, row->domain);
    tmi_metric_label(metrics, "le", "+Inf");
    tmi_metric_end(metrics, count);
    tmi_metric_begin(metrics, &sizes, "_sum");
    label_domain(metrics, row->domain);
    tmi_metric_end(metrics, row->alone.total_bytes);
    tmi_metric_begin(metrics, &sizes, "_count");
    label_domain(metrics, row->domain);
    tmi_metric_end(metrics, count);
}

static void add_domains(struct tmi_metrics *metrics, const struct tmi_snapshot *snapshot)
{
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++)
        add_figure(metrics, snapshot, &figures[i]);
    add_refusals(metrics, snapshot);
    for (size_t i = 0; i < snapshot->domain_count; i++)
        add_sizes_of(metrics, &snapshot->domains[i]);
}

/* What all metrics of call sites begin with. */
static void begin_site(struct tmi_metrics *metrics, const struct tmi_metric *metric,
                       const struct trackmem_site_stats *site)
{
    char buffer[32];
    struct tmi_text address;
    const char *file = site->place.file;
    if (!file) { /* the system did not say which module it is in */
        tmi_text_init(&address, buffer, sizeof buffer);
        tmi_text_add_address(&address, site->place.address);
        file = buffer;
    }
    tmi_metric_begin(metrics, metric, "");
    tmi_metric_label(metrics, "file", file);
    tmi_metric_label_number(metrics, "line", site->place.line);
    tmi_metric_label(metrics, "function", site->place.function);
    label_domain(metrics, site->domain);
}

static void add_site_figure(struct tmi_metrics *metrics, const struct tmi_snapshot *snapshot,
                            const struct tmi_metric *metric, size_t offset)
{
    for (size_t i = 0; i < tmi_accounting_holders(snapshot); i++) {
        const struct trackmem_site_stats *site = &snapshot->sites[i];
        begin_site(metrics, metric, site);
        tmi_metric_end(metrics, *(const uint64_t *)(const void *)((const char *)site + offset));
    }
}

static void add_site_refusal(struct tmi_metrics *metrics, const struct trackmem_site_stats *site,
                             const char *reason, uint64_t count)
{
    static const struct tmi_metric metric = { "trackmem_site_refusals_total", "counter",
                                              "Requests that failed, where any ever did." };
    if (count == 0)
        return;
    begin_site(metrics, &metric, site);
    tmi_metric_label(metrics, "reason", reason);
    tmi_metric_end(metrics, count);
}

static void add_sites(struct tmi_metrics *metrics, const struct tmi_snapshot *snapshot)
{
    static const struct {
        struct tmi_metric metric;
        size_t offset;
    } columns[] = {
        { { "trackmem_site_live_bytes", "gauge", "Bytes asked for in live blocks." },
          offsetof(struct trackmem_site_stats, live_bytes) },
        { { "trackmem_site_live_blocks", "gauge", "Live blocks." },
          offsetof(struct trackmem_site_stats, live_blocks) },
        { { "trackmem_site_allocated_bytes_total", "counter", "Bytes ever allocated." },
          offsetof(struct trackmem_site_stats, total_bytes) },
        { { "trackmem_site_allocated_blocks_total", "counter", "Blocks ever allocated." },
          offsetof(struct trackmem_site_stats, total_blocks) },
    };
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        add_site_figure(metrics, snapshot, &columns[i].metric, columns[i].offset);
    for (size_t i = 0; i < snapshot->site_count; i++) {
        const struct trackmem_site_stats *site = &snapshot->sites[i];
        add_site_refusal(metrics, site, "budget", site->refused_by_budget);
        add_site_refusal(metrics, site, "backend", site->refused_by_backend);
        add_site_refusal(metrics, site, "injected", site->injected);
    }
}

/* Of the domains whose spans come from a backend the one that was there first; NULL: none. */
static const struct tmi_domain_row *first_user(const struct tmi_snapshot *snapshot,
                                               uint32_t backend)
{
    const struct tmi_domain_row *first = NULL;
    for (size_t i = 0; i < snapshot->domain_count; i++) {
        const struct tmi_domain_row *row = &snapshot->domains[i];
        uint32_t id = row->domain->id;
        if (tmi_load_acquire(&tmi_domain_by_id(id)->backend) == backend &&
            (!first || id < first->domain->id))
            first = row;
    }
    return first;
}

static void add_region_figure(struct tmi_metrics *metrics, const struct tmi_snapshot *snapshot,
                              const struct tmi_metric *metric, size_t offset)
{
    for (uint32_t number = 0; number < TMI_BACKENDS; number++) {
        struct trackmem_region_figures found;
        const struct tmi_domain_row *row;
        if (!tmi_backends[number].allocate)
            break;
        if (!tmi_region_figures(&tmi_backends[number], &found) ||
            !(row = first_user(snapshot, number)))
            continue;
        tmi_metric_begin(metrics, metric, "");
        label_domain(metrics, row->domain);
        tmi_metric_end(metrics, *(const size_t *)(const void *)((const char *)&found + offset));
    }
}

static void add_regions(struct tmi_metrics *metrics, const struct tmi_snapshot *snapshot)
{
    static const struct {
        struct tmi_metric metric;
        size_t offset;
    } columns[] = {
        { { "trackmem_region_size_bytes", "gauge",
            "What a region can give out, by the first domain whose backend it is." },
          offsetof(struct trackmem_region_figures, size_bytes) },
        { { "trackmem_region_used_bytes", "gauge", "What it has given out, with its own tags." },
          offsetof(struct trackmem_region_figures, used_bytes) },
        { { "trackmem_region_used_spans", "gauge", "Into how many spans that is cut." },
          offsetof(struct trackmem_region_figures, used_blocks) },
        { { "trackmem_region_peak_bytes", "gauge", "The most it ever had given out." },
          offsetof(struct trackmem_region_figures, high_water_bytes) },
        { { "trackmem_region_free_bytes", "gauge", "What is left." },
          offsetof(struct trackmem_region_figures, free_bytes) },
        { { "trackmem_region_free_pieces", "gauge", "Into how many pieces that is cut." },
          offsetof(struct trackmem_region_figures, free_blocks) },
        { { "trackmem_region_largest_free_bytes", "gauge", "The largest of them." },
          offsetof(struct trackmem_region_figures, largest_free_bytes) },
        { { "trackmem_region_damages_total", "counter",
            "How often its tags disagreed: somebody wrote past a block." },
          offsetof(struct trackmem_region_figures, damages) },
    };
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        add_region_figure(metrics, snapshot, &columns[i].metric, columns[i].offset);
}

static void add_ours(struct tmi_metrics *metrics, const struct tmi_snapshot *snapshot)
{
    static const struct tmi_metric info = { "trackmem_info", "gauge",
                                            "1; what accounts for whom, and over which backend." };
    static const struct tmi_metric own = {
        "trackmem_own_bytes", "gauge",
        "What trackmem took from the system for itself; in no other figure."
    };
    static const struct tmi_metric kept = {
        "trackmem_kept_bytes", "gauge", "Freed spans that threads keep for their next allocations."
    };
    static const struct tmi_metric threads = { "trackmem_threads_peak", "gauge",
                                               "The most threads that allocated at a time." };
    static const struct tmi_metric pairs = { "trackmem_sites", "gauge",
                                             "Pairs of call site and domain that ever allocated." };
    static const struct tmi_metric untracked = {
        "trackmem_untracked_allocations_total", "counter",
        "Counted for the site other: option sites=N is too small."
    };
    static const struct tmi_metric misuse = {
        "trackmem_misuse_total", "counter", "Misuse seen: blocks freed twice or wrongly, and so on."
    };
    tmi_metric_begin(metrics, &info, "");
    tmi_metric_label(metrics, "version", VERSION);
    tmi_metric_label(metrics, "program", tmi_platform_program());
    tmi_metric_label_number(metrics, "process", tmi_platform_process_id());
    tmi_metric_label(metrics, "backend", tmi_backends[0].name);
    tmi_metric_end(metrics, 1);
    tmi_metric_add(metrics, &own, snapshot->own_bytes);
    tmi_metric_add(metrics, &kept, snapshot->kept_bytes);
    tmi_metric_add(metrics, &threads, snapshot->shard_count);
    tmi_metric_add(metrics, &pairs, tmi_accounting_holders(snapshot));
    tmi_metric_add(metrics, &untracked, snapshot->untracked_sites);
    tmi_metric_add(metrics, &misuse, tmi_report_misuse_count());
}

void tmi_accounting_write_prometheus(struct tmi_text *text, const struct tmi_accounting *accounting)
{
    struct tmi_metrics metrics = { .text = text };
    add_domains(&metrics, accounting->snapshot);
    add_sites(&metrics, accounting->snapshot);
    add_regions(&metrics, accounting->snapshot);
    add_ours(&metrics, accounting->snapshot);
}
