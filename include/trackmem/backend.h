/*
 * trackmem/backend.h: where the bytes come from.
 */
#ifndef TRACKMEM_BACKEND_H
#define TRACKMEM_BACKEND_H

#include "trackmem/trackmem.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A source of spans. The functions are called with no lock of ours held, by any thread, several at
 * once; they must not allocate through trackmem.
 */
struct trackmem_backend {
    const char *name;
    void *context; /* given to every call */

    /* Returns size bytes (never 0) aligned to TRACKMEM_ALIGNMENT, or NULL. */
    void *(*allocate)(void *context, size_t size);

    /* The same, all zero. May be NULL itself: then we allocate and fill. */
    void *(*allocate_zeroed)(void *context, size_t size);

    /*
     * Resizes a span, which may move, keeping min(old_size, new_size) bytes; NULL leaves it as it
     * was. May be NULL itself: then we allocate, copy and free.
     */
    void *(*reallocate)(void *context, void *span, size_t old_size, size_t new_size);

    /* Takes a span back; size is the one last asked for. */
    void (*free)(void *context, void *span, size_t size);
};

/*
 * Sets where spans come from; the C library, if never called.
 *   backend  copied
 * Returns TRACKMEM_BUSY once a block was allocated; TRACKMEM_INVALID if a function is missing.
 * Over a backend that is set here no spans are kept for reuse: each free reaches it.
 */
TRACKMEM_API enum trackmem_status trackmem_set_backend(const struct trackmem_backend *backend);

#ifdef __cplusplus
}
#endif

#endif
