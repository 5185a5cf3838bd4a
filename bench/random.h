/*
 * random.h: repeatable random numbers, and the sizes that the workloads ask for.
 */
#ifndef BENCH_RANDOM_H
#define BENCH_RANDOM_H

#include <stdint.h>

#define BENCH_SIZES 4096u /* a power of two */

/* xorshift64*; the state must not be 0. Returns the upper 32 bits. */
static inline uint32_t bench_random(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return (uint32_t)((*state * 0x2545f4914f6cdd1dU) >> 32);
}

/* A number below limit. */
static inline uint32_t bench_random_below(uint64_t *state, uint32_t limit)
{
    return (uint32_t)(((uint64_t)bench_random(state) * limit) >> 32);
}

/* A state for bench_random, from a seed and the number of the thread. */
uint64_t bench_random_start(uint64_t seed, uint32_t thread);

/* Fills sizes with numbers from least to most, all equally likely. */
void bench_sizes_even(uint32_t sizes[BENCH_SIZES], uint64_t seed, uint32_t least, uint32_t most);

/*
 * Fills sizes with log-normal ones between 16 bytes and 4 KiB: the median is 128 bytes, two thirds
 * lie between 45 and 360.
 */
void bench_sizes_log_normal(uint32_t sizes[BENCH_SIZES], uint64_t seed);

#endif
