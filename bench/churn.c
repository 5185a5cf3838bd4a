/*
 * churn.c: 100,000 live blocks of log-normal sizes; an operation frees one of them, chosen at
 * random, and allocates another in its place. Held by one thread, or by two that hold half each.
 * The blocks come from 64 call sites by turns, or from 4,096.
 */
#include "crew.h"
#include "random.h"
#include "workload.h"

#define LIVE       100000u
#define FEW_SITES  64u
#define MANY_SITES 4096u

struct part {
    _Alignas(64) void **slots;
    uint32_t count;
    uint32_t next; /* index into sizes */
    uint64_t random;
};

static struct {
    void *slots[LIVE];
    uint32_t sizes[BENCH_SIZES];
    bench_site sites[MANY_SITES];
    uint32_t site_mask;
    struct part parts[2];
} churn;

static void replace(struct part *part, uint32_t slot)
{
    uint32_t turn = part->next++;

    if (part->slots[slot]) {
        BENCH_FREE(part->slots[slot]);
    }
    part->slots[slot] = BENCH_MALLOC_AT(bench_use_site(churn.sites[turn & churn.site_mask]),
                                        churn.sizes[turn % BENCH_SIZES]);
    bench_touch(part->slots[slot]);
}

static void fill(uint32_t member, uint32_t operations)
{
    struct part *part = &churn.parts[member];

    (void)operations;
    for (uint32_t i = 0; i < part->count; i++) {
        replace(part, i);
    }
}

static void work(uint32_t member, uint32_t operations)
{
    struct part *part = &churn.parts[member];

    for (uint32_t i = 0; i < operations; i++) {
        replace(part, bench_random_below(&part->random, part->count));
    }
}

static void drain(uint32_t member, uint32_t operations)
{
    struct part *part = &churn.parts[member];

    (void)operations;
    for (uint32_t i = 0; i < part->count; i++) {
        BENCH_FREE(part->slots[i]);
        part->slots[i] = NULL;
    }
}

static void prepare(uint64_t seed, uint32_t members, uint32_t sites)
{
    bench_sizes_log_normal(churn.sizes, seed);
    churn.site_mask = sites - 1;
    for (uint32_t i = 0; i < sites; i++) {
        churn.sites[i] = BENCH_SITE_AT(1000 + i);
    }
    for (uint32_t i = 0; i < members; i++) {
        churn.parts[i].slots = &churn.slots[LIVE / members * i];
        churn.parts[i].count = LIVE / members;
        churn.parts[i].next = i * 1000;
        churn.parts[i].random = bench_random_start(seed, i);
    }
}

void bench_churn_setup(uint64_t seed)
{
    prepare(seed, 1, FEW_SITES);
    fill(0, 0);
}

void bench_churn_sites_setup(uint64_t seed)
{
    prepare(seed, 1, MANY_SITES);
    fill(0, 0);
}

void bench_churn_run(uint32_t operations)
{
    work(0, operations);
}

void bench_churn_finish(void)
{
    drain(0, 0);
}

void bench_churn_pair_setup(uint64_t seed)
{
    prepare(seed, 2, FEW_SITES);
    bench_crew_start(2);
    bench_crew_run(fill, 0);
}

void bench_churn_pair_run(uint32_t operations)
{
    bench_crew_run(work, operations / 2);
}

void bench_churn_pair_finish(void)
{
    bench_crew_run(drain, 0);
    bench_crew_finish();
}
