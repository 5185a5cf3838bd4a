/*
 * trackmem/adapters/zstd.h: lets zstd allocate through trackmem, each context in its own domain.
 * pkg-config: libzstd
 *
 *     TRACKMEM_DEFINE_DOMAIN(packing, "zstd", NULL);
 *     ...
 *     ZSTD_CCtx *compressor = ZSTD_createCCtx_advanced(trackmem_zstd_memory(&packing));
 *
 * When:       for each context, stream, dictionary or pool, in place of its create function: the
 *             one that ends in _advanced. zstd counts these among its experimental functions, so
 *             this header defines ZSTD_STATIC_LINKING_ONLY.
 * Ownership:  all belongs to the object, until its free function.
 * Failure:    the create function gives NULL; a compression ZSTD_error_memory_allocation, after
 *             which the context may be used again. Before 1.5.6 a refusal in
 *             ZSTD_createCDict_advanced crashes.
 * Threads:    as zstd; with ZSTD_c_nbWorkers its workers allocate in the same domain.
 * Not seen:   ZSTD_compress and ZSTD_decompress without a context, dictionary training (ZDICT),
 *             which call malloc; the stacks of the workers.
 */
#ifndef TRACKMEM_ADAPTERS_ZSTD_H
#define TRACKMEM_ADAPTERS_ZSTD_H

#ifndef ZSTD_STATIC_LINKING_ONLY
#define ZSTD_STATIC_LINKING_ONLY
#endif
#include <zstd.h>

#include "trackmem/adapters/hooks.h"

#ifdef __cplusplus
extern "C" {
#endif

static inline void *trackmem_zstd_alloc_(void *domain, size_t size)
{
    return trackmem_malloc_in(TRACKMEM_HOOK_AS_(struct trackmem_domain *, domain), size);
}

static inline void trackmem_zstd_free_(void *domain, void *ptr)
{
    TRACKMEM_HOOK_AS_(void, domain);
    trackmem_free(ptr);
}

/*
 * What the create functions take.
 *   domain  outlives what is created, or NULL for the process
 */
static inline ZSTD_customMem trackmem_zstd_memory(struct trackmem_domain *domain)
{
    ZSTD_customMem memory = { trackmem_zstd_alloc_, trackmem_zstd_free_, NULL };

    memory.opaque = domain;
    return memory;
}

#ifdef __cplusplus
}
#endif

#endif
