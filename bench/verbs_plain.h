/*
 * verbs_plain.h: the C library's own allocator, the measure of all the others.
 */
#ifndef BENCH_VERBS_PLAIN_H
#define BENCH_VERBS_PLAIN_H

#include <stdint.h>
#include <stdlib.h>

typedef uint32_t bench_site;

#define BENCH_MALLOC(size)          malloc(size)
#define BENCH_CALLOC(count, size)   calloc(count, size)
#define BENCH_REALLOC(ptr, size)    realloc(ptr, size)
#define BENCH_FREE(ptr)             free(ptr)
#define BENCH_SITE_AT(line)         (line)
#define BENCH_MALLOC_AT(site, size) ((void)(site), malloc(size))
#define BENCH_MALLOC_IN(k, size)    ((void)(k), malloc(size))
#define BENCH_ENTER(k)              ((void)(k))
#define BENCH_LEAVE()               ((void)0)

static inline uint64_t bench_own_bytes(void)
{
    return 0;
}

#endif
