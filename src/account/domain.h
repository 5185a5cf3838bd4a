/*
 * account/domain.h: the tree of owners and what is reserved in it.
 */
#ifndef TMI_ACCOUNT_DOMAIN_H
#define TMI_ACCOUNT_DOMAIN_H

#include "base/atomic.h"
#include "trackmem/domain.h"

struct tmi_account;

/*
 * One domain; lives as long as the process. Ids: 0 is none, 1 the process.
 *
 * reserved_bytes is what this domain and its descendants hold, in bytes charged (requested plus
 * overhead), plus the credit that threads hold in advance (shard.h). Atomic, relaxed: the sums are
 * exact because every purse settles by one atomic addition a level.
 */
struct tmi_domain {
    struct trackmem_domain handle; /* what the public functions give out */
    struct tmi_domain *parent;
    struct tmi_domain *next;   /* in its bucket, by parent and name; set before it is there */
    struct tmi_account *other; /* for sites that can't be told apart any more */
    uint32_t depth;
    uint32_t references;    /* guarded by "names", as the next */
    uint32_t live_children; /* those that have references */
    uint32_t backend;       /* atomic: the number of its backend; changed under "names" */
    bool charged;           /* atomic: it has accounts, and the caches of sites may know them */
    bool destroyed;         /* atomic, relaxed */
    bool end_reported;      /* atomic: that it was charged after its end */
    bool has_cached_sites;  /* atomic: call sites hold its accounts as their default */
    bool capped;            /* atomic: it or an ancestor had a budget once; see budget.h */
    bool soft_crossed;      /* this and what follows: guarded by "budget" */
    intptr_t soft_bytes;    /* 0: no limit; atomic: reports read both limits without the lock */
    intptr_t hard_bytes;
    trackmem_budget_fn *budget_fn;
    void *budget_user;

    intptr_t reserved_bytes TMI_ALIGNED(64);       /* atomic; see above. On a line of its own */
    intptr_t peak_bytes;                           /* atomic: see shard.h */
    intptr_t pad_bytes;                            /* atomic: overhead beyond a header a block */
    uintptr_t failures;                            /* atomic: allocations that failed */
    uintptr_t refused;                             /* atomic: requests that its own limit refused */
    tmi_counter size_class[TRACKMEM_SIZE_CLASSES]; /* atomic: of what was charged without a shard */
};

/*
 * The record of a domain, which joins the tree on first use. NULL is the process. Never NULL: when
 * our memory ran out, the nearest ancestor that stands. Takes "names" on first use.
 */
struct tmi_domain *tmi_domain_of(struct trackmem_domain *object);

/* The same, but NULL instead of an ancestor: for what is done to the domain itself. */
struct tmi_domain *tmi_domain_itself(struct trackmem_domain *object);

/* The process. */
struct tmi_domain *tmi_domain_root(void);

/* By number: 1 to tmi_domain_count(); parents come before children. */
struct tmi_domain *tmi_domain_by_id(uint32_t id);
uint32_t tmi_domain_count(void);

/* See trackmem_domain_create. */
struct tmi_domain *tmi_domain_create(struct tmi_domain *parent, const char *name);

/* Drops one reference; TRACKMEM_OK only when that was the last and it now is destroyed. */
enum trackmem_status tmi_domain_destroy(struct tmi_domain *domain);

/*
 * Says where the spans of a domain come from; the number is opaque here. "names" is held. False: it
 * was charged already with the process's backend, which the hot paths may have noted.
 */
bool tmi_domain_set_backend(struct tmi_domain *domain, uint32_t backend);

/* From now on the domain may be charged: the backend that is read afterwards is its. */
void tmi_domain_note_charged(struct tmi_domain *domain);

/* See trackmem_domain_find. */
struct tmi_domain *tmi_domain_find(const char *path);

/* Whether domain is below, or is, ancestor. */
bool tmi_domain_is_below(const struct tmi_domain *domain, const struct tmi_domain *ancestor);

#endif
