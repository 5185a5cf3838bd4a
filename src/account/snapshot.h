/*
 * account/snapshot.h: the accounting as it stands at one moment, copied out of the counters.
 *
 * Reports, visits and leak windows read snapshots; nobody else walks the counters. A snapshot
 * lives in pages of its own, takes no part in the accounting, and refers only to texts that live
 * as long as the process.
 */
#ifndef TMI_ACCOUNT_SNAPSHOT_H
#define TMI_ACCOUNT_SNAPSHOT_H

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
};

/*
 * Takes a snapshot. Returns NULL when there is no memory for it. Takes no lock that an allocation
 * takes; callable with none held.
 */
struct tmi_snapshot *tmi_snapshot_create(void);
void tmi_snapshot_destroy(struct tmi_snapshot *snapshot);

#endif
