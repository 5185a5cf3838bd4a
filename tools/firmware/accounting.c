/*
 * firmware/accounting.c: see accounting.h. Firmware has at most 64 domains; all else grows.
 */
#include "firmware/accounting.h"

#include <string.h>

#include <trackmem/trackmem.h>

#include "base/sort.h"
#include "cli/complain.h"
#include "firmware/program.h"

#define MOST_DOMAINS 64
#define PROCESS_ID   1 /* the number of the process in reports */

struct domain {
    bool known;
    struct trackmem_domain handle;
    uint32_t parent;
    uint64_t charged_bytes;
    char name[TMT_FRAME_TEXT];
    struct trackmem_stats alone;
};

struct task {
    char name[TMT_FRAME_TEXT];
    uint32_t domain;
    uint32_t now;
};

/* A list that grows. */
struct list {
    void *items;
    size_t item_bytes;
    size_t count;
};

static struct {
    bool open;
    uint64_t frames;
    struct domain domains[MOST_DOMAINS];
    struct list tasks;   /* struct task */
    struct list regions; /* struct tmi_region_row */
    struct list sites;   /* struct trackmem_site_stats */
} gathered;

static void *add_item(struct list *list, size_t item_bytes)
{
    void *items = trackmem_realloc(list->items, (list->count + 1) * item_bytes);

    if (items == NULL) {
        tmt_complain("out of memory");
        return NULL;
    }
    list->items = items;
    return memset((char *)items + list->count++ * item_bytes, 0, item_bytes);
}

static struct domain *domain_at(uint64_t id)
{
    return &gathered.domains[id < MOST_DOMAINS ? id : 0];
}

/* One whose frame was lost stands below the process, without figures. */
static struct trackmem_domain *handle_at(uint64_t id)
{
    struct domain *domain = domain_at(id);

    if (!domain->known) {
        domain->known = true;
        domain->handle.name = id == 0 ? "process" : "(lost)";
        domain->handle.id = PROCESS_ID + (uint32_t)(domain - gathered.domains);
        domain->handle.parent = id == 0 ? NULL : handle_at(0);
    }
    return &domain->handle;
}

bool tmt_accounting_is_open(void)
{
    return gathered.open;
}

static void clear(void)
{
    gathered.tasks.count = gathered.regions.count = gathered.sites.count = 0;
    memset(gathered.domains, 0, sizeof gathered.domains);
}

void tmt_accounting_begin(void)
{
    clear();
    gathered.open = true;
    gathered.frames = 1;
}

static bool take_domain(struct tmt_frame *frame)
{
    uint64_t id = tmt_frame_number(frame);
    struct domain *domain = domain_at(id);
    struct trackmem_stats *stats = &domain->alone;

    domain->parent = (uint32_t)(domain_at(tmt_frame_number(frame)) - gathered.domains);
    (void)tmt_frame_text(frame, domain->name);
    stats->live_blocks = tmt_frame_number(frame);
    stats->live_bytes = tmt_frame_number(frame);
    stats->total_blocks = tmt_frame_number(frame);
    stats->charged_bytes = domain->charged_bytes = tmt_frame_number(frame);
    stats->peak_bytes = tmt_frame_number(frame);
    stats->soft_bytes = tmt_frame_number(frame);
    stats->hard_bytes = tmt_frame_number(frame);
    stats->refused = tmt_frame_number(frame);
    stats->failures = tmt_frame_number(frame);
    (void)handle_at(id);
    if (domain != gathered.domains) {
        domain->handle.name = domain->name;
        domain->handle.parent = handle_at(domain->parent);
    }
    return true;
}

static bool take_task(struct tmt_frame *frame)
{
    struct task *task = add_item(&gathered.tasks, sizeof *task);

    if (task == NULL)
        return false;
    (void)tmt_frame_text(frame, task->name);
    task->domain = (uint32_t)tmt_frame_number(frame);
    task->now = (uint32_t)tmt_frame_number(frame);
    return true;
}

static bool take_region(struct tmt_frame *frame)
{
    struct tmi_region_row *region = add_item(&gathered.regions, sizeof *region);
    struct trackmem_region_figures *figures;

    if (region == NULL)
        return false;
    figures = &region->figures;
    region->start = (const void *)(uintptr_t)tmt_frame_number(frame);
    figures->size_bytes = tmt_frame_number(frame);
    figures->used_bytes = tmt_frame_number(frame);
    figures->used_blocks = tmt_frame_number(frame);
    figures->high_water_bytes = tmt_frame_number(frame);
    figures->free_blocks = tmt_frame_number(frame);
    figures->largest_free_bytes = tmt_frame_number(frame);
    figures->damages = tmt_frame_number(frame);
    figures->free_bytes = figures->size_bytes - figures->used_bytes;
    if (figures->free_bytes != 0)
        figures->fragmentation_permille =
            (uint32_t)(1000 - 1000 * (uint64_t)figures->largest_free_bytes / figures->free_bytes);
    return true;
}

static bool take_site(struct tmt_frame *frame)
{
    struct trackmem_site_stats *site = add_item(&gathered.sites, sizeof *site);

    if (site == NULL)
        return false;
    site->place = tmt_firmware_place(tmt_frame_number(frame));
    site->domain = handle_at(tmt_frame_number(frame));
    site->live_blocks = tmt_frame_number(frame);
    site->live_bytes = tmt_frame_number(frame);
    return true;
}

bool tmt_accounting_take(struct tmt_frame *frame)
{
    ++gathered.frames;
    switch (frame->type) {
    case TRACKMEM_SMALL_DOMAIN: return take_domain(frame);
    case TRACKMEM_SMALL_TASK: return take_task(frame);
    case TRACKMEM_SMALL_REGION: return take_region(frame);
    case TRACKMEM_SMALL_SITE: return take_site(frame);
    default: return true;
    }
}

/* What is below is added; charges and peaks are with descendants already. */
static void add_stats(struct trackmem_stats *all, const struct trackmem_stats *below)
{
    all->live_blocks += below->live_blocks;
    all->live_bytes += below->live_bytes;
    all->total_blocks += below->total_blocks;
    all->failures += below->failures;
    all->overhead_bytes += below->overhead_bytes;
}

/* The rows of a domain and those below it, greatest peak first. Returns how many there are now. */
static size_t add_rows(struct tmi_domain_row *rows, size_t count, uint32_t id, uint32_t parent,
                       uint32_t depth)
{
    struct domain *domain = &gathered.domains[id];
    struct tmi_domain_row *row = &rows[count];
    uint32_t mine = (uint32_t)count++;
    uint64_t below_bytes = 0;
    bool done[MOST_DOMAINS] = { false };

    *row = (struct tmi_domain_row){
        .domain = &domain->handle, .name = domain->handle.name, .parent = parent, .depth = depth
    };
    for (uint32_t i = 1; i < MOST_DOMAINS; ++i)
        if (gathered.domains[i].known && gathered.domains[i].parent == id)
            below_bytes += gathered.domains[i].charged_bytes;
    domain->alone.overhead_bytes = domain->charged_bytes - below_bytes - domain->alone.live_bytes;
    if (domain->alone.overhead_bytes > domain->charged_bytes)
        domain->alone.overhead_bytes = 0; /* things moved while it was sent */
    row->alone = row->all = domain->alone;
    for (;;) {
        uint32_t next = 0;

        for (uint32_t i = 1; i < MOST_DOMAINS; ++i)
            if (gathered.domains[i].known && gathered.domains[i].parent == id && !done[i] &&
                (next == 0 ||
                 gathered.domains[i].alone.peak_bytes > gathered.domains[next].alone.peak_bytes))
                next = i;
        if (next == 0 || count == MOST_DOMAINS)
            break;
        done[next] = true;
        uint32_t first = (uint32_t)count;

        count = add_rows(rows, count, next, mine, depth + 1);
        add_stats(&row->all, &rows[first].all);
    }
    return count;
}

static const struct tmi_domain_row *row_of(const struct tmi_snapshot *snapshot,
                                           const struct trackmem_domain *domain)
{
    for (size_t i = 0; i < snapshot->domain_count; ++i)
        if (snapshot->domains[i].domain == domain)
            return &snapshot->domains[i];
    return snapshot->domains;
}

static bool holds_more(const void *a, const void *b, const void *user)
{
    const struct trackmem_site_stats *one = a;
    const struct trackmem_site_stats *other = b;

    (void)user;
    return one->live_bytes > other->live_bytes;
}

static bool write(const char *when, bool lacks_sites, int fd, enum trackmem_format format)
{
    static struct tmi_domain_row rows[MOST_DOMAINS];
    struct tmi_snapshot snapshot = {
        .domains = rows,
        .site_count = gathered.sites.count,
        .sites = gathered.sites.items,
        .task_count = gathered.tasks.count,
        .region_count = gathered.regions.count,
        .regions = gathered.regions.items,
        .lacks_totals = true,
        .lacks_sites = lacks_sites,
    };
    struct tmi_task_row *tasks = trackmem_calloc(snapshot.task_count + 1, sizeof *tasks);
    const struct task *task = gathered.tasks.items;
    enum trackmem_status status;

    if (tasks == NULL) {
        tmt_complain("out of memory");
        return false;
    }
    (void)handle_at(0);
    snapshot.domain_count = add_rows(rows, 0, 0, 0, 0);
    tmi_sort(snapshot.sites, snapshot.site_count, sizeof *snapshot.sites, holds_more, NULL);
    for (size_t i = 0; i < snapshot.task_count; ++i)
        tasks[i] = (struct tmi_task_row){ task[i].name, handle_at(task[i].domain),
                                          handle_at(task[i].now),
                                          row_of(&snapshot, handle_at(task[i].domain)) };
    snapshot.tasks = tasks;
    status = tmi_report_accounting(fd, format, &snapshot, when);
    trackmem_free(tasks);
    if (status != TRACKMEM_OK)
        tmt_complain("could not write to standard output");
    return status == TRACKMEM_OK;
}

bool tmt_accounting_end(struct tmt_frame *frame, int fd, enum trackmem_format format,
                        bool *is_whole)
{
    uint64_t frames = frame != NULL ? tmt_frame_number(frame) : 0;
    bool walked = frame != NULL && tmt_frame_number(frame) != 0;

    *is_whole = frame != NULL && frames == gathered.frames + 1;
    gathered.open = false;
    return write(*is_whole ? "as it was sent" : "incomplete: frames are missing",
                 !walked && gathered.sites.count == 0, fd, format);
}

void tmt_accounting_finish(void)
{
    trackmem_free(gathered.tasks.items);
    trackmem_free(gathered.regions.items);
    trackmem_free(gathered.sites.items);
}

struct trackmem_domain *tmt_domain_by_path(char *path)
{
    static struct trackmem_domain process = { .name = "process", .id = PROCESS_ID };
    static struct trackmem_domain nodes[TMT_FRAME_TEXT / 2];
    struct trackmem_domain *domain = &process;
    char *rest = path;

    for (char *name; (name = strsep(&rest, "/")) != NULL;) {
        struct trackmem_domain *node = domain == &process ? nodes : domain + 1;

        if (*name == '\0' || node == nodes + sizeof nodes / sizeof *nodes)
            continue;
        *node = (struct trackmem_domain){ .name = name, .parent = domain, .id = UINT32_MAX };
        domain = node;
    }
    return domain;
}
