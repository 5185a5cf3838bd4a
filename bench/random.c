/*
 * random.c: the tables of sizes, drawn before the clock runs.
 */
#include "random.h"

#include <math.h>

uint64_t bench_random_start(uint64_t seed, uint32_t thread)
{
    uint64_t state = (seed + 1) * 0x9e3779b97f4a7c15U + (uint64_t)thread * 0xbf58476d1ce4e5b9U;

    return state ? state : 1;
}

void bench_sizes_even(uint32_t sizes[BENCH_SIZES], uint64_t seed, uint32_t least, uint32_t most)
{
    uint64_t random = bench_random_start(seed, 1000);

    for (uint32_t i = 0; i < BENCH_SIZES; i++) {
        sizes[i] = least + bench_random_below(&random, most - least + 1);
    }
}

void bench_sizes_log_normal(uint32_t sizes[BENCH_SIZES], uint64_t seed)
{
    const double turn = 6.283185307179586;
    const double median = 128.0, sigma = 1.05;
    uint64_t random = bench_random_start(seed, 2000);

    for (uint32_t i = 0; i < BENCH_SIZES; i++) {
        /* Box and Muller's: two even numbers give one normal one. */
        double u = (bench_random(&random) + 1.0) / 4294967297.0;
        double v = bench_random(&random) / 4294967296.0;
        double normal = sqrt(-2.0 * log(u)) * cos(turn * v);
        double size = median * exp(sigma * normal);

        sizes[i] = size < 16.0 ? 16 : size > 4096.0 ? 4096 : (uint32_t)size;
    }
}
