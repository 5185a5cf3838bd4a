/*
 * alloc/small.h: the general form of each verb of the small profile. The public functions are names
 * for these with some arguments filled in.
 */
#ifndef TMI_ALLOC_SMALL_H
#define TMI_ALLOC_SMALL_H

#include "block/small.h"
#include "report/small_report.h"

/*
 * A call site is a return address: each public verb takes its own, so none may be inlined.
 */
#define TMI_SMALL_VERB   TMI_NOINLINE
#define TMI_SMALL_CALLER TMI_RETURN_ADDRESS()

/* What the verbs share; set by tasks, before or between allocations. */
extern TMI_HIDDEN struct tmi_small {
    size_t general_bytes;            /* from this size on requests go the general way */
    struct trackmem_backend backend; /* allocate is NULL until one is set */
    bool (*fails)(void);             /* fault injection; NULL: none */
    trackmem_out_of_memory_fn *out_of_memory;
    void *out_of_memory_user;
} tmi_small;

/* What fault injection asks, or NULL: then all plain requests that can be go the short way. */
void tmi_small_set_fails(bool (*fails)(void));

/* The domain that a call is charged to: that of the file is handed on as its site. */
TMI_INLINE struct trackmem_domain *tmi_small_default(struct trackmem_site *site)
{
    const struct trackmem_task *task = trackmem_task_current();

    if (TMI_UNLIKELY(task->depth != 0))
        return task->pushed[task->depth - 1];
    return site != NULL ? (struct trackmem_domain *)(void *)site : task->domain;
}

/* As tmi_small_domain, and a charge to one that has ended is reported, once. */
struct trackmem_domain *tmi_small_target(const void *caller, struct trackmem_domain *domain,
                                         const char *verb);

/* The domain of an `_in` verb. */
TMI_INLINE struct trackmem_domain *tmi_small_in(struct trackmem_site *site,
                                                struct trackmem_domain *domain)
{
    return domain != NULL ? domain : tmi_small_default(site);
}

/* What kind of block: a family, and the alignment if it is above TRACKMEM_ALIGNMENT. */
#define TMI_SMALL_PLAIN ((uint32_t)TRACKMEM_FAMILY_PLAIN)
TMI_INLINE uint32_t tmi_small_kind(trackmem_family family, uint32_t alignment)
{
    return family | (alignment > TRACKMEM_ALIGNMENT ? alignment << 4 : 0);
}

/* The kind for an alignment that a caller asks for; 0: that is none that can be. */
uint32_t tmi_small_kind_for(trackmem_family family, size_t alignment);

/*
 * Allocates; NULL: refused, and counted as that.
 *   caller  the return address of the verb
 *   domain  as the caller has it, or NULL
 *   kind    0 is refused
 */
void *tmi_small_allocate(const void *caller, struct trackmem_domain *domain, size_t size,
                         uint32_t kind);

/* The same, without fault injection, for a kind and size that can be. */
void *tmi_small_make(const void *caller, struct trackmem_domain *domain, size_t size,
                     uint32_t kind);

/* The same for count * size bytes, all zero. */
void *tmi_small_allocate_zeroed(const void *caller, struct trackmem_domain *domain, size_t count,
                                size_t size);

/* A copy of size bytes at source. */
void *tmi_small_duplicate(const void *caller, struct trackmem_domain *domain, const void *source,
                          size_t size);

/* count * size, or what no block can have. */
size_t tmi_small_product(size_t count, size_t size);

/* See trackmem_free_sized, trackmem_domain_destroy, trackmem_transfer. */
void tmi_small_release_sized(const void *caller, void *ptr, size_t size);
enum trackmem_status tmi_small_destroy(const void *caller, struct trackmem_domain *domain);
enum trackmem_status tmi_small_transfer(const void *caller, void *ptr,
                                        struct trackmem_domain *domain);

/* Frees a block of that family; NULL is allowed. */
void tmi_small_release(const void *caller, void *ptr, trackmem_family family, const char *verb);

/* Resizes a block of that family, or allocates if ptr is NULL. */
void *tmi_small_resize(const void *caller, struct trackmem_domain *domain, void *ptr, size_t size,
                       uint32_t kind);

/* Whether ptr is a live block of any family, else that is reported, but for NULL; fills *block. */
bool tmi_small_inspect(const void *caller, const void *ptr, const char *verb,
                       struct tmi_small_block *block);

/* Counts and tells a request that is refused; returns NULL. */
void *tmi_small_refuse(const void *caller, struct trackmem_domain *domain, size_t size,
                       enum trackmem_small_event why);

/*
 * Reserves for a domain and its ancestors, after their budgets' functions were asked to free if
 * need be; false: refused, counted and told. And gives that back.
 */
bool tmi_small_reserve(const void *caller, struct trackmem_domain *domain, uint32_t bytes);
void tmi_small_unreserve(struct trackmem_domain *domain, uint32_t bytes);

/* Calls the functions of the budgets whose soft limit was crossed, for this request. */
void tmi_small_tell_soft(const void *caller, struct trackmem_domain *domain, size_t bytes);

/* Asks the program to free for a request that the backend refused; whether to try again. */
bool tmi_small_ask_for_memory(const void *caller, struct trackmem_domain *domain, size_t size);

/* Slow: ptr is no live block of the family, or what is said of it is wrong. */
void tmi_small_report_not_live(const void *caller, const void *ptr, trackmem_family family,
                               const char *verb);
void tmi_small_report_mismatch(const void *caller, const struct tmi_small_block *block,
                               trackmem_family family, const char *verb);
void tmi_small_report_size(const void *caller, const struct tmi_small_block *block,
                           const char *verb, size_t claimed_size);
void tmi_small_report_overrun(const void *caller, const struct tmi_small_block *block,
                              const char *verb);
void tmi_small_report_damaged(const void *caller, const void *block, const char *verb);
void tmi_small_report_leak(const void *caller, struct trackmem_domain *domain);
void tmi_small_report_ended(const void *caller, struct trackmem_domain *domain, const char *verb);
struct tmi_block_facts tmi_small_facts(const struct tmi_small_block *block);

#endif
