/*
 * workload.h: what a workload is, and what its code allocates with.
 *
 * Each workload is compiled once per variant: BENCH_VERBS names the header that gives the verbs
 * (verbs_plain.h, verbs_classic.h, verbs_trackmem.h). All of them define:
 *
 *   BENCH_MALLOC(size) BENCH_CALLOC(count, size) BENCH_REALLOC(ptr, size) BENCH_FREE(ptr)
 *   bench_site, BENCH_SITE_AT(line)      a call site made at run time: a handle
 *   BENCH_MALLOC_AT(site, size)          an allocation charged to it
 *   BENCH_MALLOC_IN(k, size)             one in the k-th of BENCH_DOMAINS domains
 *   BENCH_ENTER(k) BENCH_LEAVE()         what this thread allocates goes to that domain
 *   bench_own_bytes()                    what the allocation layer itself occupies; 0: not known
 */
#ifndef BENCH_WORKLOAD_H
#define BENCH_WORKLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include BENCH_VERBS

#define BENCH_DOMAINS 8u

struct bench_workload {
    const char *name;
    const char *about;
    uint32_t operations; /* of one repetition */
    uint32_t warm_up;    /* operations before the first one that counts */
    uint32_t threads;    /* above 1 the wall clock counts, else the time on the CPU */
    void (*setup)(uint64_t seed);
    void (*run)(uint32_t operations);
    void (*finish)(void);
};

/*
 * All workloads of one variant, as one symbol: the runner links it or finds it in a shared object.
 */
struct bench_suite {
    const struct bench_workload *workloads;
    size_t count;
    uint64_t (*own_bytes)(void);
};

__attribute__((__visibility__("default"))) extern const struct bench_suite bench_suite;

/* pairs.c */
void bench_pairs_setup(uint64_t seed);
void bench_pairs_run(uint32_t operations);
void bench_batches_run(uint32_t operations);
void bench_calloc_run(uint32_t operations);
void bench_growth_run(uint32_t operations);
void bench_large_setup(uint64_t seed);
void bench_large_run(uint32_t operations);
void bench_pairs_finish(void);
void bench_surges_run(uint32_t operations);
void bench_surges_two_setup(uint64_t seed);
void bench_surges_two_run(uint32_t operations);
void bench_surges_two_finish(void);

/* domains.c */
void bench_domains_named_run(uint32_t operations);
void bench_domains_entered_run(uint32_t operations);

/* churn.c */
void bench_churn_setup(uint64_t seed);
void bench_churn_sites_setup(uint64_t seed);
void bench_churn_run(uint32_t operations);
void bench_churn_finish(void);
void bench_churn_pair_setup(uint64_t seed);
void bench_churn_pair_run(uint32_t operations);
void bench_churn_pair_finish(void);

/* handover.c */
void bench_handover_setup(uint64_t seed);
void bench_handover_run(uint32_t operations);
void bench_handover_finish(void);

/* many.c */
void bench_sites_setup(uint64_t seed);
void bench_sites_run(uint32_t operations);
void bench_sites_finish(void);
void bench_threads_run(uint32_t operations);

/* Keeps the look-up of a call site in the variants that have no use for it. */
static inline bench_site bench_use_site(bench_site site)
{
    __asm__ volatile("" : : "r"(site));
    return site;
}

/*
 * Tells the compiler that ptr is used by somebody it cannot see, and writes its first byte, as any
 * program does: a pair of malloc and free stays in the program.
 */
static inline void bench_touch(void *ptr)
{
    __asm__ volatile("" : : "r"(ptr) : "memory");
    *(volatile unsigned char *)ptr = 1;
}

#endif
