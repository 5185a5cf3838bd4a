/*
 * alloc/observe.c: statistics, visits, leak windows, reports: all read snapshots.
 */
#include "trackmem/observe.h"

#include "account/account.h"
#include "account/own.h"
#include "alloc/start.h"
#include "alloc/thread.h"
#include "base/sort.h"
#include "report/report.h"

static struct tmi_snapshot *take_snapshot(void)
{
    struct tmi_snapshot *snapshot = tmi_start() ? tmi_snapshot_create() : NULL;

    if (snapshot != NULL)
        snapshot->kept_bytes = tmi_thread_kept_bytes();
    return snapshot;
}

enum trackmem_status trackmem_domain_stats(struct trackmem_domain *domain, bool with_descendants,
                                           struct trackmem_stats *stats)
{
    struct tmi_domain *record = tmi_start() ? tmi_domain_of(domain) : NULL;
    struct tmi_snapshot *snapshot;

    if (stats == NULL)
        return TRACKMEM_INVALID;
    *stats = (struct trackmem_stats){ 0 };
    snapshot = record != NULL ? take_snapshot() : NULL;
    if (snapshot == NULL)
        return TRACKMEM_OUT_OF_MEMORY;
    for (size_t i = 0; i < snapshot->domain_count; ++i) {
        const struct tmi_domain_row *row = &snapshot->domains[i];

        if (row->domain == &record->handle)
            *stats = with_descendants ? row->all : row->alone;
    }
    tmi_snapshot_destroy(snapshot);
    return TRACKMEM_OK;
}

/* The path below the process, built from the end. */
static const char *path_of(const struct tmi_snapshot *snapshot, const struct tmi_domain_row *row,
                           char *buffer, size_t size)
{
    char *start = buffer + size - 1;

    *start = '\0';
    for (; row->depth != 0; row = &snapshot->domains[row->parent]) {
        size_t length = 0;

        while (row->name[length] != '\0')
            ++length;
        if (length + 1 > (size_t)(start - buffer))
            return start; /* the end of a path that is too long */
        if (*start != '\0')
            *--start = '/';
        start -= length;
        for (size_t i = 0; i < length; ++i)
            start[i] = row->name[i];
    }
    return start;
}

void trackmem_visit_domains(trackmem_domain_fn *fn, void *user)
{
    struct tmi_snapshot *snapshot = take_snapshot();
    bool more = snapshot != NULL;

    for (size_t i = 0; more && i < snapshot->domain_count; ++i) {
        const struct tmi_domain_row *row = &snapshot->domains[i];
        char path[512];

        more = fn(row->domain, path_of(snapshot, row, path, sizeof path), &row->alone, &row->all,
                  user);
    }
    tmi_snapshot_destroy(snapshot);
}

void trackmem_visit_sites(trackmem_site_fn *fn, void *user)
{
    struct tmi_snapshot *snapshot = take_snapshot();
    bool more = snapshot != NULL;

    for (size_t i = 0; more && i < snapshot->site_count; ++i)
        more = fn(&snapshot->sites[i], user);
    tmi_snapshot_destroy(snapshot);
}

enum trackmem_status trackmem_report(int fd, enum trackmem_format format)
{
    struct tmi_snapshot *snapshot = take_snapshot();
    enum trackmem_status status;

    if (snapshot == NULL)
        return TRACKMEM_OUT_OF_MEMORY;
    status = tmi_report_accounting(fd, format, snapshot, "on request");
    tmi_snapshot_destroy(snapshot);
    return status;
}

void trackmem_set_misuse_handler(trackmem_misuse_fn *fn, void *user)
{
    tmi_report_set_handler(fn, user);
}

uint64_t trackmem_misuse_count(void)
{
    return tmi_report_misuse_count();
}

/* A window is the snapshot of its start, its sites in an order in which they can be found. */
static bool window_before(const void *a, const void *b, const void *user)
{
    const struct trackmem_site_stats *left = a;
    const struct trackmem_site_stats *right = b;
    uintptr_t left_file = (uintptr_t)left->place.file;
    uintptr_t right_file = (uintptr_t)right->place.file;

    (void)user;
    if (left->domain != right->domain)
        return (uintptr_t)left->domain < (uintptr_t)right->domain;
    if (left_file != right_file)
        return left_file < right_file;
    if (left->place.line != right->place.line)
        return left->place.line < right->place.line;
    if (left->place.function != right->place.function)
        return (uintptr_t)left->place.function < (uintptr_t)right->place.function;
    return (uintptr_t)left->place.address < (uintptr_t)right->place.address;
}

struct trackmem_window *trackmem_begin(void)
{
    struct tmi_snapshot *snapshot = take_snapshot();

    if (snapshot != NULL)
        tmi_sort(snapshot->sites, snapshot->site_count, sizeof *snapshot->sites, window_before,
                 NULL);
    return (struct trackmem_window *)(void *)snapshot;
}

static const struct trackmem_site_stats *find_in_window(const struct tmi_snapshot *window,
                                                        const struct trackmem_site_stats *site)
{
    size_t first = 0;
    size_t count = window->site_count;

    while (count > 0) {
        const struct trackmem_site_stats *middle = &window->sites[first + count / 2];

        if (window_before(middle, site, NULL)) {
            first += count / 2 + 1;
            count -= count / 2 + 1;
        } else {
            count /= 2;
        }
    }
    if (first == window->site_count || window_before(site, &window->sites[first], NULL))
        return NULL;
    return &window->sites[first];
}

uint64_t trackmem_end(struct trackmem_window *window, trackmem_site_fn *fn, void *user)
{
    struct tmi_snapshot *start = (struct tmi_snapshot *)(void *)window;
    struct tmi_snapshot *now = start != NULL ? take_snapshot() : NULL;
    uint64_t leaked = 0;

    for (size_t i = 0; now != NULL && i < now->site_count; ++i) {
        struct trackmem_site_stats site = now->sites[i];
        const struct trackmem_site_stats *before = find_in_window(start, &site);

        if (before != NULL) {
            site.live_bytes -= before->live_bytes;
            site.live_blocks -= before->live_blocks;
            site.total_bytes -= before->total_bytes;
            site.total_blocks -= before->total_blocks;
        }
        if ((int64_t)site.live_bytes <= 0 && (int64_t)site.live_blocks <= 0)
            continue;
        leaked += (int64_t)site.live_bytes > 0 ? site.live_bytes : 0;
        if (fn != NULL && !fn(&site, user))
            fn = NULL;
    }
    tmi_snapshot_destroy(now);
    tmi_snapshot_destroy(start);
    return leaked;
}

struct trackmem_site *trackmem_site_at(const char *file, unsigned line, const char *function,
                                       struct trackmem_domain *domain)
{
    return tmi_site_handle(file, line, function, domain);
}
