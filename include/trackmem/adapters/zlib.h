/*
 * trackmem/adapters/zlib.h: lets zlib allocate through trackmem, each stream in its own domain.
 * pkg-config: zlib
 *
 *     TRACKMEM_DEFINE_DOMAIN(packing, "zlib", NULL);
 *     ...
 *     z_stream stream;
 *     trackmem_zlib_bind(&stream, &packing);
 *     deflateInit(&stream, Z_BEST_COMPRESSION);
 *
 * When:       for each stream, before deflateInit, inflateInit or inflateBackInit.
 * Ownership:  all belongs to the stream, until deflateEnd, inflateEnd or inflateBackEnd.
 * Failure:    the Init gives Z_MEM_ERROR; inflate does too, which allocates its window when it
 *             first needs it; inflateEnd is still due.
 * Threads:    as zlib: a stream is one thread's at a time.
 * Not seen:   compress, uncompress and gzopen, which take no hook and call malloc.
 */
#ifndef TRACKMEM_ADAPTERS_ZLIB_H
#define TRACKMEM_ADAPTERS_ZLIB_H

#include <string.h>
#include <zlib.h>

#include "trackmem/adapters/hooks.h"

#ifdef __cplusplus
extern "C" {
#endif

static inline void *trackmem_zlib_alloc_(void *domain, unsigned count, unsigned size)
{
    return trackmem_reallocarray_in(TRACKMEM_HOOK_AS_(struct trackmem_domain *, domain), NULL,
                                    count, size);
}

static inline void trackmem_zlib_free_(void *domain, void *ptr)
{
    TRACKMEM_HOOK_AS_(void, domain);
    trackmem_free(ptr);
}

/*
 * Makes a stream ready for its Init: no input yet, and memory from trackmem.
 *   stream  all its members are set
 *   domain  outlives the stream, or NULL for the process
 */
static inline void trackmem_zlib_bind(z_stream *stream, struct trackmem_domain *domain)
{
    memset(stream, 0, sizeof *stream);
    stream->zalloc = trackmem_zlib_alloc_;
    stream->zfree = trackmem_zlib_free_;
    stream->opaque = domain;
}

#ifdef __cplusplus
}
#endif

#endif
