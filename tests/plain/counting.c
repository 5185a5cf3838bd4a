/*
 * The counters on every target: what is alive, in each domain, at every step.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <trackmem/observe.h>

#define BLOCKS 24

static int failures;

#define CHECK(condition)                                                          \
    do {                                                                          \
        if (!(condition)) {                                                       \
            failures++;                                                           \
            printf("%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition); \
        }                                                                         \
    } while (0)

TRACKMEM_DEFINE_DOMAIN(upper, "upper", NULL);
TRACKMEM_DEFINE_DOMAIN(lower, "lower", &upper);

static struct trackmem_domain *const domains[] = { NULL, &upper, &lower };
static void *blocks[BLOCKS];
static size_t sizes[BLOCKS];
static size_t owners[BLOCKS];

static void check_counts(void)
{
    uint64_t bytes[3] = { 0, 0, 0 };
    uint64_t count[3] = { 0, 0, 0 };
    struct trackmem_stats stats;

    for (size_t i = 0; i < BLOCKS; i++) {
        if (blocks[i] == NULL)
            continue;
        bytes[owners[i]] += sizes[i];
        count[owners[i]]++;
    }
    for (size_t d = 0; d < 3; d++) {
        CHECK(trackmem_domain_stats(domains[d], false, &stats) == TRACKMEM_OK);
        CHECK(stats.live_bytes == bytes[d] && stats.live_blocks == count[d]);
        CHECK(stats.overhead_bytes == count[d] * 16);
        CHECK(stats.peak_bytes >= bytes[d] + count[d] * 16);
    }
    CHECK(trackmem_domain_stats(&upper, true, &stats) == TRACKMEM_OK);
    CHECK(stats.live_bytes == bytes[1] + bytes[2]);
    CHECK(trackmem_domain_stats(NULL, true, &stats) == TRACKMEM_OK);
    CHECK(stats.live_blocks == count[0] + count[1] + count[2]);
}

static void one_step(uint32_t random)
{
    size_t i = random % BLOCKS;
    size_t size = (random >> 8) % 600;
    size_t owner = (random >> 20) % 3;

    if (blocks[i] == NULL) {
        CHECK(trackmem_domain_push(domains[owner]) == TRACKMEM_OK);
        blocks[i] = trackmem_malloc(size);
        CHECK(trackmem_domain_pop() == TRACKMEM_OK);
        sizes[i] = size;
        owners[i] = owner;
    } else if (random & 0x10000) {
        void *moved = trackmem_realloc(blocks[i], size);
        CHECK(moved != NULL);
        if (moved != NULL) {
            blocks[i] = moved;
            sizes[i] = size;
        }
    } else if (random & 0x20000) {
        CHECK(trackmem_transfer(blocks[i], domains[owner]) == TRACKMEM_OK);
        owners[i] = owner;
    } else {
        trackmem_free(blocks[i]);
        blocks[i] = NULL;
    }
}

int main(void)
{
    uint32_t random = 1;

    for (int i = 0; i < 1000; i++) {
        random = random * 1664525u + 1013904223u;
        one_step(random >> 4);
        if (i % 20 == 0)
            check_counts();
    }
    for (size_t i = 0; i < BLOCKS; i++) {
        trackmem_free(blocks[i]);
        blocks[i] = NULL;
    }
    check_counts();
    CHECK(trackmem_misuse_count() == 0);
    if (failures) {
        printf("trackmem counting: %d failed\n", failures);
        return 1;
    }
    puts("trackmem counting: ok");
    return 0;
}
