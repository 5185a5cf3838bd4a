/*
 * trackmem/backend.h: where the bytes come from.
 *
 * The process has one backend, the C library's unless it is set; a domain may have its own. Every
 * block goes back to the backend that it came from, whatever domain it was transferred to, and a
 * resize keeps it there.
 */
#ifndef TRACKMEM_BACKEND_H
#define TRACKMEM_BACKEND_H

#include <stdbool.h>

#include "trackmem/trackmem.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A source of spans. The functions are called with no lock of ours held, by any thread, several at
 * once; they must not allocate through trackmem.
 *   context    the member of that name
 *   size       bytes, never 0; in a call about a span, those it was last asked for with
 *   alignment  a power of two; in a call about a span, that it was asked for with
 */
struct trackmem_backend {
    const char *name;
    void *context; /* given to every call */

    /* Returns a span of that size and alignment, or NULL. */
    void *(*allocate)(void *context, size_t size, size_t alignment);

    /* The same, all zero. May be NULL itself: then we allocate and fill. */
    void *(*allocate_zeroed)(void *context, size_t size, size_t alignment);

    /*
     * Resizes a span, which may move, keeping min(old_size, new_size) bytes; NULL leaves it as it
     * was, and then we allocate, copy and free. May be NULL itself.
     */
    void *(*reallocate)(void *context, void *span, size_t old_size, size_t new_size,
                        size_t alignment);

    /* Takes a span back. */
    void (*free)(void *context, void *span, size_t size, size_t alignment);
};

/*
 * Sets where the spans of the process come from.
 *   backend  copied
 * Returns TRACKMEM_BUSY once a block was allocated; TRACKMEM_INVALID if a function is missing.
 * Goes before the option backend. Over another backend than the built-in libc and mimalloc no spans
 * are kept for reuse: each free reaches it.
 */
TRACKMEM_API enum trackmem_status trackmem_set_backend(const struct trackmem_backend *backend);

/*
 * Sets where the spans of a domain come from, and of those that are created below it from now on.
 *   domain   NULL for the process: as trackmem_set_backend
 *   backend  copied; its context must live as long as any block from it
 * Returns TRACKMEM_BUSY once the domain was charged, unless it has a backend of its own: that may
 * be replaced, for the blocks to come; TRACKMEM_INVALID if a function is missing; and
 * TRACKMEM_OUT_OF_MEMORY for the 256th backend of the process (the 8th on bare metal). Backends
 * with the same functions and context are one.
 * No spans are kept for reuse, except where the backend is also that of the process.
 */
TRACKMEM_API enum trackmem_status trackmem_domain_set_backend(
    struct trackmem_domain *domain, const struct trackmem_backend *backend);

/*
 * The C library's malloc.
 */
TRACKMEM_API const struct trackmem_backend *trackmem_backend_libc(void);

/*
 * mimalloc, loaded when this is first called, without a change to what malloc means elsewhere in
 * the process. NULL: trackmem was built without it, or the system does not have it now. Call it
 * with no lock held that a library's initialiser may want.
 *
 * It is told to use large pages, which take up to 2 MiB more of each of its segments (32 MiB) and
 * save a quarter of the time where memory is much larger than the caches; to be told otherwise by
 * MIMALLOC_LARGE_OS_PAGES=0.
 *
 * There is no heap per domain: only the thread that made a mimalloc heap may allocate from it, and
 * blocks outlive their domain, so a heap could never be dropped whole.
 */
TRACKMEM_API const struct trackmem_backend *trackmem_backend_mimalloc(void);

/*
 * A region: spans from a buffer of fixed size, in bounded time. Free neighbours are joined at once,
 * and each call looks at no more than a fixed number of blocks, however many there are. A span
 * costs one word beyond its size, rounded up to TRACKMEM_ALIGNMENT. A request of at most 15/16 of
 * the largest free block (7/8 on bare metal) is served; a greater one perhaps.
 *
 * Each block's tag is sealed and compared with its neighbours' before it is believed: where they
 * disagree, somebody wrote past a block; then the span is left alone, or the request gets NULL, and
 * it is counted as damage.
 *
 * The members belong to the library.
 */
struct trackmem_region {
    struct trackmem_backend backend;
    struct trackmem_region *next;
    char *first; /* where blocks stand */
    char *last;
    void **heads; /* of the free lists */
    uint32_t *list_bits;
    uint32_t row_bits;
    uint32_t rows;
    uintptr_t secret;
    size_t used_bytes;
    size_t used_blocks;
    size_t free_blocks;
    size_t high_water_bytes;
    size_t damages;
    struct tmi_region_walk *walks; /* over its spans, that are under way */
    uint32_t lock;
};

struct trackmem_region_figures {
    size_t size_bytes;               /* of the buffer, less its own tables */
    size_t used_bytes;               /* in spans that are out, tags included */
    size_t used_blocks;              /* spans that are out */
    size_t high_water_bytes;         /* the most that used_bytes ever was */
    size_t free_bytes;               /* size_bytes - used_bytes */
    size_t free_blocks;              /* into how many pieces that is cut */
    size_t largest_free_bytes;       /* the largest piece */
    uint32_t fragmentation_permille; /* 1000 (1 - largest / free); 0 when nothing is free */
    size_t damages;                  /* how often tags disagreed */
};

/*
 * Makes a region over a buffer, of any alignment, which belongs to it until trackmem_region_finish.
 * Returns TRACKMEM_INVALID if the buffer is too small for its tables and one block.
 */
TRACKMEM_API enum trackmem_status trackmem_region_init(struct trackmem_region *region, void *buffer,
                                                       size_t bytes);

/*
 * Ends a region; the buffer is the caller's again. NULL is allowed.
 * Returns TRACKMEM_BUSY, and does nothing, while spans of it are out.
 */
TRACKMEM_API enum trackmem_status trackmem_region_finish(struct trackmem_region *region);

/*
 * The backend to set for a domain or the process; any alignment, any thread. Lives in the region.
 */
TRACKMEM_API const struct trackmem_backend *trackmem_region_backend(struct trackmem_region *region);

/*
 * Reads the figures, and walks one free list for the largest block.
 */
TRACKMEM_API void trackmem_region_stats(struct trackmem_region *region,
                                        struct trackmem_region_figures *stats);

/*
 * Whether all tags and free lists agree. Walks the whole region, with its lock held: for tests, or
 * to look for who does the damage.
 */
TRACKMEM_API bool trackmem_region_is_intact(struct trackmem_region *region);

#ifdef __cplusplus
}
#endif

#ifdef TRACKMEM_DISABLE
#include "trackmem/disabled/backend.h"
#endif

#endif
