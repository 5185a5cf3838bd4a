/*
 * trackmem/family.h: which kind of call made a block and so may free it.
 *
 * trackmem, aligned and libc stand from the start. A code base registers its own (its arena, its
 * reference-counted buffers, a COM allocator), and a block of one family that reaches the free of
 * another is named, with both functions.
 */
#ifndef TRACKMEM_FAMILY_H
#define TRACKMEM_FAMILY_H

#include <stdbool.h>

#include "trackmem/trackmem.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A family's number, 1 to 63. */
typedef uint32_t trackmem_family;

#define TRACKMEM_FAMILY_NONE    0u /* not known */
#define TRACKMEM_FAMILY_PLAIN   1u /* trackmem_malloc and its kin */
#define TRACKMEM_FAMILY_ALIGNED 2u /* trackmem_aligned_alloc */
#define TRACKMEM_FAMILY_LIBC    3u /* the C library's; blocks that were adopted */

/*
 * What a family says of itself. All texts are copied.
 */
struct trackmem_family_info {
    const char *name;          /* "ralloc" */
    const char *allocate_verb; /* "ralloc_size": who makes its blocks, for reports; may be NULL */
    const char *free_verb;     /* "ralloc_free": who frees them, for reports */
};

/*
 * Registers a family, or finds the one of that name.
 * Returns its number; TRACKMEM_FAMILY_NONE if info is incomplete or all numbers are taken.
 */
TRACKMEM_API trackmem_family trackmem_family_register(const struct trackmem_family_info *info);

/*
 * The verbs of a family, for the functions that give it its names: as trackmem_aligned_alloc_in,
 * trackmem_aligned_realloc and trackmem_free, for blocks of that family. alignment 0 is
 * TRACKMEM_ALIGNMENT; domain NULL is the one that a verb without `_in` would charge.
 */
TRACKMEM_API void *trackmem_family_malloc_at(struct trackmem_site *site, trackmem_family family,
                                             struct trackmem_domain *domain, size_t alignment,
                                             size_t size) TRACKMEM_SIZED_BY_(5);
TRACKMEM_API void *trackmem_family_realloc_at(struct trackmem_site *site, trackmem_family family,
                                              void *ptr, size_t alignment, size_t size)
    TRACKMEM_SIZED_BY_(5);
TRACKMEM_API void trackmem_family_free_at(struct trackmem_site *site, trackmem_family family,
                                          void *ptr);

#define trackmem_family_malloc(family, domain, alignment, size) \
    trackmem_family_malloc_at(TRACKMEM_SITE, family, domain, alignment, size)
#define trackmem_family_realloc(family, ptr, alignment, size) \
    trackmem_family_realloc_at(TRACKMEM_SITE, family, ptr, alignment, size)
#define trackmem_family_free(family, ptr) trackmem_family_free_at(TRACKMEM_SITE, family, ptr)

/*
 * What an arena knows of an address within one of its blocks. start: of the sub-block, as its
 * allocator returned it; NULL if the address is the arena's own. What is not known stays as it was:
 * NULL or 0.
 */
struct trackmem_sub_block {
    const void *start;
    size_t size;                /* bytes, as asked for */
    const char *context;        /* the name of what it belongs to; lives during the report */
    struct trackmem_site *site; /* where it was allocated */
};

/*
 * Called when a pointer into a block of the family is misused, on the thread that did it, with no
 * lock held; the block is alive, unless another thread ends it meanwhile. It must not free, and
 * reads only the size bytes of the block at start. Returns false if it knows nothing of ptr.
 */
typedef bool trackmem_describe_fn(const void *start, size_t size, const void *ptr,
                                  struct trackmem_sub_block *sub_block, void *user);

/*
 * Gives a family that cuts its blocks into smaller ones a function that tells of them: then a
 * sub-block that reaches the wrong free is named as such, with its size, its context and where it
 * was allocated. An allocator that puts a header of its own before each block, as ralloc does, is
 * such a family too. Replaces the function set before; NULL: none.
 * Returns TRACKMEM_NOT_FOUND if no such family was registered.
 */
TRACKMEM_API enum trackmem_status trackmem_family_set_describe(trackmem_family family,
                                                               trackmem_describe_fn *fn,
                                                               void *user);

/*
 * The name of a family ("aligned"); "unknown" for a number that nobody registered. Static text.
 */
TRACKMEM_API const char *trackmem_family_name(trackmem_family family);

#ifdef __cplusplus
}
#endif

#ifdef TRACKMEM_DISABLE
#include "trackmem/disabled/family.h"
#endif

#endif
