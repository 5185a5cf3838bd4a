/*
 * pairs.c: a thread that frees what it allocated at once or soon: one pair, batches of 64, surges
 * of 256 (by one thread or two), zeroed blocks, a growing buffer, large blocks.
 */
#include "crew.h"
#include "random.h"
#include "workload.h"

#define BATCH       64u
#define SURGE       256u
#define SURGE_BYTES 480u

static struct {
    uint32_t sizes[BENCH_SIZES];
    uint32_t next; /* index into sizes, goes on from one repetition to the next */
} pairs;

void bench_pairs_setup(uint64_t seed)
{
    bench_sizes_even(pairs.sizes, seed, 16, 512);
    pairs.next = 0;
}

void bench_pairs_finish(void)
{
}

static uint32_t next_size(void)
{
    return pairs.sizes[pairs.next++ % BENCH_SIZES];
}

void bench_pairs_run(uint32_t operations)
{
    for (uint32_t i = 0; i < operations; i++) {
        void *block = BENCH_MALLOC(next_size());

        bench_touch(block);
        BENCH_FREE(block);
    }
}

void bench_batches_run(uint32_t operations)
{
    void *blocks[BATCH];

    for (uint32_t done = 0; done < operations; done += BATCH) {
        for (uint32_t i = 0; i < BATCH; i++) {
            blocks[i] = BENCH_MALLOC(next_size());
            bench_touch(blocks[i]);
        }
        for (uint32_t i = 0; i < BATCH; i++) {
            BENCH_FREE(blocks[i]);
        }
    }
}

/* Up to the same number of bytes and down to nothing, again and again. */
static void surge(uint32_t member, uint32_t operations)
{
    void *blocks[SURGE];

    (void)member;
    for (uint32_t done = 0; done < operations; done += SURGE) {
        for (uint32_t i = 0; i < SURGE; i++) {
            blocks[i] = BENCH_MALLOC(SURGE_BYTES);
            bench_touch(blocks[i]);
        }
        for (uint32_t i = 0; i < SURGE; i++) {
            BENCH_FREE(blocks[i]);
        }
    }
}

void bench_surges_run(uint32_t operations)
{
    surge(0, operations);
}

void bench_surges_two_setup(uint64_t seed)
{
    (void)seed;
    bench_crew_start(2);
}

void bench_surges_two_run(uint32_t operations)
{
    bench_crew_run(surge, operations / 2);
}

void bench_surges_two_finish(void)
{
    bench_crew_finish();
}

void bench_calloc_run(uint32_t operations)
{
    for (uint32_t i = 0; i < operations; i++) {
        void *block = BENCH_CALLOC(1, next_size());

        bench_touch(block);
        BENCH_FREE(block);
    }
}

/* A buffer that grows by half from 16 bytes to 64 KiB; an operation is one growth. */
void bench_growth_run(uint32_t operations)
{
    uint32_t done = 0;

    while (done < operations) {
        void *buffer = BENCH_MALLOC(16);

        bench_touch(buffer);
        for (size_t size = 24; size < 65536; size += size / 2) {
            void *grown = BENCH_REALLOC(buffer, size);

            if (!grown) {
                break;
            }
            buffer = grown;
            bench_touch(buffer);
            done++;
        }
        BENCH_FREE(buffer);
    }
}

void bench_large_setup(uint64_t seed)
{
    bench_sizes_even(pairs.sizes, seed, 65536, 262144);
    pairs.next = 0;
}

/* Eight blocks at a time, so that no allocator can hand the same one back and forth. */
void bench_large_run(uint32_t operations)
{
    void *blocks[8];

    for (uint32_t done = 0; done < operations; done += 8) {
        for (uint32_t i = 0; i < 8; i++) {
            blocks[i] = BENCH_MALLOC(next_size());
            bench_touch(blocks[i]);
        }
        for (uint32_t i = 0; i < 8; i++) {
            BENCH_FREE(blocks[i]);
        }
    }
}
