/*
 * account/small.h: domains, budgets and families of the small profile. All counts stand in the
 * domain objects of the program; what is kept here is which of them there are.
 *
 * Changes happen in the critical section (trackmem/small.h), each for at most as many steps as a
 * domain is deep. Nothing here calls a function of the program or allocates.
 */
#ifndef TMI_ACCOUNT_SMALL_H
#define TMI_ACCOUNT_SMALL_H

#include "platform/critical.h"
#include "trackmem/family.h"
#include "trackmem/small.h"

enum tmi_small_flag {
    TMI_SMALL_SOFT_CROSSED = 1, /* the function of the budget is still to be called */
    TMI_SMALL_ENDED = 2,        /* trackmem_domain_destroy was called; blocks may be left */
    TMI_SMALL_END_REPORTED = 4,
    TMI_SMALL_CREATED = 8 /* by trackmem_domain_create: a block of the process */
};

#define TMI_SMALL_DOMAINS (TRACKMEM_MAX_DOMAINS + 1)

_Static_assert(TMI_SMALL_DOMAINS <= 64, "six bits in the header");
_Static_assert((TMI_SMALL_DOMAINS & TRACKMEM_MAX_DOMAINS) == 0, "2^n, with the process");

/*
 * By number, the process first, and in place of those that are free, so that no number leads
 * astray. A domain comes after its parent.
 */
extern TMI_HIDDEN struct trackmem_domain *tmi_small_domains[TMI_SMALL_DOMAINS];

/* What the header of an empty plain block of a domain begins with: block/small.h. */
#define TMI_SMALL_TAG(id) (3u << 30 | TRACKMEM_FAMILY_PLAIN << 26 | (uint32_t)(id) << 20)

/* The process. */
extern TMI_HIDDEN struct trackmem_domain tmi_small_process;

/*
 * For tmi_small_domain: joins the tree, or finds the object of that name and parent that did. When
 * there is no number left, or the domain has ended: the nearest ancestor that has one.
 */
struct trackmem_domain *tmi_small_join(struct trackmem_domain *object);

/* The object that counts for a domain, which joins the tree on first use; NULL is the process. */
TMI_INLINE struct trackmem_domain *tmi_small_domain(struct trackmem_domain *object)
{
    if (object == NULL)
        return &tmi_small_process;
    return TMI_LIKELY(object->tag != 0) ? object : tmi_small_join(object);
}

/*
 * The same, for what is said of a domain alone and must not befall an ancestor: TRACKMEM_INVALID
 * where it has ended, TRACKMEM_OUT_OF_MEMORY where there is no number for it.
 */
enum trackmem_status tmi_small_resolve(struct trackmem_domain **domain);

/* The domain whose number a block carries. */
TMI_INLINE struct trackmem_domain *tmi_small_domain_by_id(uint32_t id)
{
    return tmi_small_domains[id % TMI_SMALL_DOMAINS];
}

/* Whether a number is somebody's. */
TMI_INLINE bool tmi_small_is_taken(uint32_t id)
{
    return id == 0 || tmi_small_domains[id] != &tmi_small_process;
}

TMI_INLINE uint32_t tmi_small_live_blocks(const struct trackmem_domain *domain)
{
    return domain->total_blocks - domain->freed_blocks;
}

/* Below parent, by name; NULL: there is none. */
struct trackmem_domain *tmi_small_find(struct trackmem_domain *parent, const char *name,
                                       size_t length);

/*
 * Ends a domain below the process: no more is charged to it. True: it held nothing, and its number
 * is free; else it keeps that while it holds blocks.
 */
bool tmi_small_end(struct trackmem_domain *domain);

bool tmi_small_has_children(const struct trackmem_domain *domain);

/* Whether domain is below, or is, ancestor. */
bool tmi_small_is_below(const struct trackmem_domain *domain,
                        const struct trackmem_domain *ancestor);

/*
 * What follows is for callers in the critical section; bytes include the overhead.
 *
 * charge counts them for the domain and its ancestors, all or none: NULL, or the domain whose hard
 * limit stands against it. Where a soft limit is crossed TMI_SMALL_SOFT_CROSSED is set; unused
 * takes it back with the bytes, where the limit is not exceeded then. settle says that what was
 * charged is used, in all domains below end: peaks are seen. True: one of them has
 * TMI_SMALL_SOFT_CROSSED.
 */
struct trackmem_domain *tmi_small_charge(struct trackmem_domain *domain, uint32_t bytes);
void tmi_small_uncharge_unused(struct trackmem_domain *domain, uint32_t bytes);
bool tmi_small_settle(struct trackmem_domain *domain, const struct trackmem_domain *end);
void tmi_small_set_quiet(struct trackmem_domain *domain);

/* The same as charge and settle, where nothing is to be done but to count; else false, and nothing
 * was counted. */
TMI_INLINE bool tmi_small_charge_quietly(struct trackmem_domain *domain, uint32_t bytes)
{
    struct trackmem_domain *at = domain;

    do {
        uint32_t now = at->charged_bytes + bytes;

        if (TMI_UNLIKELY(now > at->quiet_bytes)) {
            for (; domain != at; domain = domain->parent)
                domain->charged_bytes -= bytes;
            return false;
        }
        at->charged_bytes = now;
        at = at->parent;
    } while (at != NULL);
    return true;
}

TMI_INLINE void tmi_small_uncharge(struct trackmem_domain *domain, uint32_t bytes)
{
    do {
        domain->charged_bytes -= bytes;
        domain = domain->parent;
    } while (domain != NULL);
}

/* Counts one more, in a critical section of its own. */
void tmi_small_count(uint32_t *counter);

/* What a family says of itself; never NULL. */
const struct trackmem_family_info *tmi_family_info(trackmem_family family);

#endif
