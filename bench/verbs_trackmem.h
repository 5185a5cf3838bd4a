/*
 * verbs_trackmem.h: trackmem with full accounting. The default domain of every workload is three
 * deep: process > driver > compiler > passes.
 */
#ifndef BENCH_VERBS_TRACKMEM_H
#define BENCH_VERBS_TRACKMEM_H

#define TRACKMEM_DOMAIN bench_passes

#include "trackmem/domain.h"

typedef struct trackmem_site *bench_site;

/* domains_trackmem.c */
TRACKMEM_DECLARE_DOMAIN(bench_passes);
extern struct trackmem_domain bench_domains[];

#define BENCH_MALLOC(size)          trackmem_malloc(size)
#define BENCH_CALLOC(count, size)   trackmem_calloc(count, size)
#define BENCH_REALLOC(ptr, size)    trackmem_realloc(ptr, size)
#define BENCH_FREE(ptr)             trackmem_free(ptr)
#define BENCH_SITE_AT(line)         trackmem_site_at(__FILE__, line, __func__, &bench_passes)
#define BENCH_MALLOC_AT(site, size) trackmem_malloc_at(site, size)
#define BENCH_MALLOC_IN(k, size)    trackmem_malloc_in(&bench_domains[k], size)
#define BENCH_ENTER(k)              ((void)trackmem_domain_push(&bench_domains[k]))
#define BENCH_LEAVE()               ((void)trackmem_domain_pop())

/* domains_trackmem.c: as trackmem's own report has it. */
uint64_t bench_own_bytes(void);

#endif
