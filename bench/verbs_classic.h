/*
 * verbs_classic.h: the classic debugging allocator, classic.c.
 */
#ifndef BENCH_VERBS_CLASSIC_H
#define BENCH_VERBS_CLASSIC_H

#include "classic.h"

typedef uint32_t bench_site;

#define BENCH_MALLOC(size)          classic_malloc(__FILE__, __LINE__, __func__, size)
#define BENCH_CALLOC(count, size)   classic_calloc(__FILE__, __LINE__, __func__, count, size)
#define BENCH_REALLOC(ptr, size)    classic_realloc(__FILE__, __LINE__, __func__, ptr, size)
#define BENCH_FREE(ptr)             classic_free(__FILE__, __LINE__, __func__, ptr)
#define BENCH_SITE_AT(line)         (line)
#define BENCH_MALLOC_AT(site, size) classic_malloc(__FILE__, site, __func__, size)
#define BENCH_MALLOC_IN(k, size)    ((void)(k), BENCH_MALLOC(size))
#define BENCH_ENTER(k)              ((void)(k))
#define BENCH_LEAVE()               ((void)0)

static inline uint64_t bench_own_bytes(void)
{
    return 0;
}

#endif
