/*
 * account/snapshot.h: the accounting as it stands at one moment, copied out of the counters.
 *
 * Reports, visits and leak windows read snapshots; nobody else walks the counters. A snapshot
 * lives in pages of its own, takes no part in the accounting, and refers only to texts that live
 * as long as the process.
 */
#ifndef TMI_ACCOUNT_SNAPSHOT_H
#define TMI_ACCOUNT_SNAPSHOT_H

#include "trackmem/backend.h"
#include "trackmem/observe.h"

struct tmi_domain_row {
    struct trackmem_domain *domain;
    const char *name; /* "process" for the root */
    uint32_t parent;  /* its row; the root's is 0 */
    uint32_t depth;   /* 0 for the root */
    bool destroyed;
    struct trackmem_stats alone;
    struct trackmem_stats all;  /* with descendants */
    uint64_t refused_by_budget; /* requests in this domain alone; the sites' figures summed */
    uint64_t refused_by_backend;
};

/* What only firmware tells, by tools/report: its tasks, and the regions that its blocks lie in. */
struct tmi_task_row {
    const char *name;
    struct trackmem_domain *domain;
    struct trackmem_domain *now; /* that it charges at the moment */
    const struct tmi_domain_row *row;
};

struct tmi_region_row {
    const void *start;
    struct trackmem_region_figures figures;
};

struct tmi_snapshot {
    size_t domain_count;
    struct tmi_domain_row *domains; /* in tree order, the largest sibling first */
    size_t site_count;
    struct trackmem_site_stats *sites; /* by live bytes, then total bytes, greatest first */
    size_t pages_bytes;                /* of this snapshot */
    uint32_t shard_count;              /* counter shards: the most threads there were at once */
    uint64_t own_bytes;                /* what trackmem mapped for itself */
    uint64_t kept_bytes;               /* freed spans that threads keep: filled in by alloc/ */
    uint64_t untracked_sites; /* allocations charged to "other": option sites=N too small */
    size_t task_count;
    struct tmi_task_row *tasks;
    size_t region_count;
    struct tmi_region_row *regions;
    bool lacks_totals; /* bytes ever allocated, and sites of what was freed, were not counted */
    bool lacks_sites;  /* blocks could not be walked */
};

/*
 * Takes a snapshot. Returns NULL when there is no memory for it. Takes no lock that an allocation
 * takes; callable with none held.
 */
struct tmi_snapshot *tmi_snapshot_create(void);
void tmi_snapshot_destroy(struct tmi_snapshot *snapshot);

#endif
