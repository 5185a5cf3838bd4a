/*
 * trackmem/domain.h: the tree of owners, and what each of them holds.
 *
 * Every block is charged to one domain and so to its ancestors; the root is the process. Domains
 * with the same parent and name are the same domain. All functions may be called by any thread.
 */
#ifndef TRACKMEM_DOMAIN_H
#define TRACKMEM_DOMAIN_H

#include <stdbool.h>

#include "trackmem/trackmem.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Defines a domain as a static object, which joins the tree on first use.
 *   ident   the name of the object, extern or (with `static` before it) of this file
 *   name_   a string literal; "driver/cache" is the domain cache of the domain driver below the
 *           parent, as if both were defined (small profile: without '/')
 *   parent_ the address of another such object, or NULL for the process
 *
 *     TRACKMEM_DEFINE_DOMAIN(shader_compiler, "shader compiler", &driver);
 */
#define TRACKMEM_DEFINE_DOMAIN(ident, name_, parent_) \
    struct trackmem_domain ident = TRACKMEM_DOMAIN_INIT_(name_, parent_)

/* Declares such a domain, for other files. */
#define TRACKMEM_DECLARE_DOMAIN(ident) extern struct trackmem_domain ident

/*
 * Creates a domain, or finds the one of that parent and name; each create needs a destroy.
 *   parent  NULL for the process
 *   name    copied; not empty, no '/'
 * Returns a domain that the library owns; NULL when there is no memory, the name is invalid, or all
 * 16,383 domains are taken.
 */
TRACKMEM_API struct trackmem_domain *trackmem_domain_create(struct trackmem_domain *parent,
                                                            const char *name);

/*
 * Ends a domain and reports its blocks that are still alive, as misuse, by call site; they stay
 * valid and may still be freed. NULL is allowed. The totals stay in the reports. Charging to it
 * afterwards is reported once and goes to its parent.
 * Returns TRACKMEM_OK; TRACKMEM_BUSY when others that created it have not destroyed it, or when it
 * has live children; TRACKMEM_INVALID when it has ended before; TRACKMEM_OUT_OF_MEMORY when it
 * could not join the tree: then nothing happens.
 */
TRACKMEM_API enum trackmem_status trackmem_domain_destroy(struct trackmem_domain *domain);
TRACKMEM_API enum trackmem_status trackmem_domain_destroy_at(struct trackmem_site *site,
                                                             struct trackmem_domain *domain);

/*
 * Finds a domain by its path below the process ("driver/shader compiler"; "" is the process).
 * Returns NULL if none was used yet by that name.
 */
TRACKMEM_API struct trackmem_domain *trackmem_domain_find(const char *path);

/*
 * Whether two handles, of which either may be a static object, are one domain; NULL is the process.
 */
TRACKMEM_API bool trackmem_domain_same(struct trackmem_domain *a, struct trackmem_domain *b);

/*
 * Charges what this thread allocates to a domain until the matching pop, wherever the call names
 * none by `_in`: the way to charge third-party, STL or interposed code. Nests up to 16 deep.
 * Push returns TRACKMEM_OK, or TRACKMEM_OUT_OF_MEMORY, TRACKMEM_BUSY (too deep): then do not pop.
 * Pop returns TRACKMEM_INVALID when nothing is pushed.
 */
TRACKMEM_API enum trackmem_status trackmem_domain_push(struct trackmem_domain *domain);
TRACKMEM_API enum trackmem_status trackmem_domain_pop(void);

/*
 * The domain at the top of this thread's stack; NULL when nothing is pushed.
 */
TRACKMEM_API struct trackmem_domain *trackmem_domain_current(void);

/*
 * Charges a live block to another domain from now on; NULL for the process. Its site stays.
 * Returns TRACKMEM_INVALID for a ptr of NULL, TRACKMEM_NOT_OURS for anything else than a live block
 * (reported as misuse); TRACKMEM_OUT_OF_MEMORY when a budget of the new domain has no room: then
 * nothing changed.
 */
TRACKMEM_API enum trackmem_status trackmem_transfer(void *ptr, struct trackmem_domain *domain);
TRACKMEM_API enum trackmem_status trackmem_transfer_at(struct trackmem_site *site, void *ptr,
                                                       struct trackmem_domain *domain);

/*
 * The domain that a live block is charged to; NULL if ptr is none (reported as misuse).
 */
TRACKMEM_API struct trackmem_domain *trackmem_domain_of(const void *ptr);

/*
 * What the function of a budget is called for.
 */
enum trackmem_budget_event {
    TRACKMEM_BUDGET_SOFT,   /* the soft limit was crossed from below by this request */
    TRACKMEM_BUDGET_RECLAIM /* the hard limit stands against this request: free what you can */
};

/*
 * Called on the thread that asked for memory, with no lock held; it may allocate and free, of the
 * same domain too. requested_bytes: what the request needs, overhead included.
 */
typedef void trackmem_budget_fn(struct trackmem_domain *domain, enum trackmem_budget_event event,
                                size_t requested_bytes, void *user);

/*
 * Limits what a domain and its descendants hold together, in requested bytes plus our overhead
 * (16 bytes a block, and the pad of an aligned one; none for an adopted one).
 *   domain      NULL for the process
 *   soft_bytes  fn is called once when this is crossed, and again only after it was not exceeded
 *               meanwhile (what is freed by one thread while another holds the domain's bytes may
 *               go unnoticed up to 32 KiB a thread); 0 for none
 *   hard_bytes  what would exceed this fails, after the credit that threads hold in advance was
 *               called back and fn was asked to free; 0 for none
 *   fn, user    may be NULL. What fn allocates calls no function of a budget on its thread. When
 *               a budget is replaced, a call of the old function may still be going on
 * Holds from the return of this call, blocks that live included: when they exceed hard_bytes, they
 * stay, and allocations fail until enough is freed. Replaces the budget set before.
 * Returns TRACKMEM_INVALID when soft_bytes is above hard_bytes; TRACKMEM_OUT_OF_MEMORY when the
 * domain could not join the tree; TRACKMEM_UNSUPPORTED where the system has no way to call credit
 * back from other threads (Linux before 4.14).
 */
TRACKMEM_API enum trackmem_status trackmem_domain_set_budget(struct trackmem_domain *domain,
                                                             size_t soft_bytes, size_t hard_bytes,
                                                             trackmem_budget_fn *fn, void *user);

#if !defined(TRACKMEM_SMALL) /* which counts no sizes */
#define TRACKMEM_SIZE_CLASSES 40
#endif

/*
 * What a domain holds. Counts are since its creation; bytes are those asked for.
 *
 * Counters are kept by each thread and summed on reading: exact when no thread that charges the
 * domain is inside a verb. The true peak lies in [peak_bytes - peak_slack_bytes, peak_bytes].
 * peak_bytes counts requested bytes plus our overhead. It is exact, the slack 0, while all blocks
 * of the domain and its descendants were charged by one thread to one domain; else the slack is
 * 32 KiB for each pair of thread and domain that did.
 */
struct trackmem_stats {
    uint64_t live_bytes;
    uint64_t live_blocks;
    uint64_t total_bytes;
    uint64_t total_blocks;
    uint64_t peak_bytes;
    uint64_t peak_slack_bytes;
    uint64_t overhead_bytes; /* headers and alignment pads of the live blocks */
    uint64_t failures;       /* allocations that failed, not counting injected ones */
    uint64_t injected;       /* allocations that failed on purpose: fail.h */
    uint64_t refused;        /* requests that this domain's hard limit refused */
    uint64_t charged_bytes;  /* what counts against a budget, descendants included */
    uint64_t soft_bytes;     /* the budget; 0: none */
    uint64_t hard_bytes;
    /* size_class[k]: blocks ever allocated of 2^k to 2^(k+1) - 1 bytes (k = 0: 0 and 1 byte;
     * the last: all greater ones) */
    uint64_t size_class[TRACKMEM_SIZE_CLASSES];
};

/*
 * Reads the statistics of a domain (NULL: the process), its descendants' included or not.
 * peak_bytes and charged_bytes always include the descendants; soft_bytes and hard_bytes are those
 * of the domain itself. At rest charged_bytes is live_bytes + overhead_bytes with descendants.
 * Costs a walk over all call sites: not for hot paths.
 */
TRACKMEM_API enum trackmem_status trackmem_domain_stats(struct trackmem_domain *domain,
                                                        bool with_descendants,
                                                        struct trackmem_stats *stats);

#ifdef __cplusplus
}
#endif

#ifdef TRACKMEM_DISABLE
#include "trackmem/disabled/domain.h"
#else
#define trackmem_domain_destroy(domain) trackmem_domain_destroy_at(TRACKMEM_SITE, domain)
#define trackmem_transfer(ptr, domain)  trackmem_transfer_at(TRACKMEM_SITE, ptr, domain)
#endif

#endif
