/*
 * alloc/observe.c: statistics, visits, reports: all read snapshots.
 */
#include "trackmem/observe.h"

#include "account/account.h"
#include "account/own.h"
#include "alloc/observe.h"
#include "alloc/start.h"
#include "alloc/thread.h"
#include "report/report.h"

struct tmi_snapshot *tmi_observe_snapshot(void)
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
    snapshot = record != NULL ? tmi_observe_snapshot() : NULL;
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
    struct tmi_snapshot *snapshot = tmi_observe_snapshot();
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
    struct tmi_snapshot *snapshot = tmi_observe_snapshot();
    bool more = snapshot != NULL;

    for (size_t i = 0; more && i < snapshot->site_count; ++i)
        more = fn(&snapshot->sites[i], user);
    tmi_snapshot_destroy(snapshot);
}

enum trackmem_status trackmem_report(int fd, enum trackmem_format format)
{
    struct tmi_snapshot *snapshot = tmi_observe_snapshot();
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

struct trackmem_site *trackmem_site_at(const char *file, unsigned line, const char *function,
                                       struct trackmem_domain *domain)
{
    return tmi_site_handle(file, line, function, domain);
}
