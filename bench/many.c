/*
 * many.c: many call sites under many threads (what do the counters occupy?), and many threads that
 * live shortly (what do their start and end cost?).
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "crew.h"
#include "workload.h"

#define SITES   4000u
#define THREADS 64u

static struct {
    bench_site sites[SITES];
} many;

/* Every thread allocates at every site: the worst case. */
static void visit(uint32_t member, uint32_t operations)
{
    (void)member;
    for (uint32_t i = 0; i < operations; i++) {
        void *block = BENCH_MALLOC_AT(bench_use_site(many.sites[i % SITES]), 32);

        bench_touch(block);
        BENCH_FREE(block);
    }
}

void bench_sites_setup(uint64_t seed)
{
    (void)seed;
    for (uint32_t i = 0; i < SITES; i++) {
        many.sites[i] = BENCH_SITE_AT(1000 + i);
    }
    bench_crew_start(THREADS);
}

void bench_sites_run(uint32_t operations)
{
    bench_crew_run(visit, operations / THREADS);
}

void bench_sites_finish(void)
{
    bench_crew_finish();
}

static void *short_life(void *argument)
{
    (void)argument;
    for (uint32_t i = 0; i < 64; i++) {
        void *block = BENCH_MALLOC(16 + i * 8);

        bench_touch(block);
        BENCH_FREE(block);
    }
    return NULL;
}

/* An operation is one thread: started, 64 pairs, joined. */
void bench_threads_run(uint32_t operations)
{
    for (uint32_t i = 0; i < operations; i++) {
        pthread_t thread;

        if (pthread_create(&thread, NULL, short_life, NULL) != 0) {
            fprintf(stderr, "bench: no thread could be started; see ulimit -u\n");
            exit(2);
        }
        pthread_join(thread, NULL);
    }
}
