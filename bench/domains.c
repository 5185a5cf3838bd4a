/*
 * domains.c: pairs that are charged by turns to eight domains, each three deep: named in the call,
 * or entered around four pairs. To a variant without domains they are plain pairs.
 */
#include "workload.h"

void bench_domains_named_run(uint32_t operations)
{
    for (uint32_t i = 0; i < operations; i++) {
        void *block = BENCH_MALLOC_IN(i % BENCH_DOMAINS, 16 + (i * 16) % 512);

        bench_touch(block);
        BENCH_FREE(block);
    }
}

void bench_domains_entered_run(uint32_t operations)
{
    for (uint32_t i = 0; i < operations; i += 4) {
        BENCH_ENTER(i / 4 % BENCH_DOMAINS);
        for (uint32_t k = 0; k < 4; k++) {
            void *block = BENCH_MALLOC(16 + (i * 16) % 512);

            bench_touch(block);
            BENCH_FREE(block);
        }
        BENCH_LEAVE();
    }
}
