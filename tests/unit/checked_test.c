/*
 * Check mode from the inside: the index, the quarantine's bound, racing frees, descriptions.
 */
#define _GNU_SOURCE
#include "unit.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "block/checked.h"
#include "trackmem/observe.h"

#define BLOCKS 500

static uint32_t seen[32]; /* atomic: how often each kind was reported */
static char *shared[BLOCKS];
static pthread_barrier_t barrier;

static void count(const struct trackmem_misuse *misuse, void *user)
{
    (void)user;
    (void)tmi_add(&seen[misuse->kind], 1);
}

static void *free_all(void *unused)
{
    for (int i = 0; i < BLOCKS; ++i) {
        pthread_barrier_wait(&barrier);
        trackmem_free(shared[i]);
    }
    return unused;
}

static void of_two_racing_frees_one_is_reported(void **state)
{
    pthread_t threads[2];
    (void)state;
    for (int i = 0; i < BLOCKS; ++i)
        shared[i] = trackmem_malloc((size_t)i);
    assert_int_equal(pthread_barrier_init(&barrier, NULL, 2), 0);
    for (int i = 0; i < 2; ++i)
        assert_int_equal(pthread_create(&threads[i], NULL, free_all, NULL), 0);
    for (int i = 0; i < 2; ++i)
        pthread_join(threads[i], NULL);
    assert_int_equal(seen[TRACKMEM_MISUSE_DOUBLE_FREE], BLOCKS);
}

static struct trackmem_domain *domains[3];

static void *transfer_to_each(void *at)
{
    for (size_t i = 0; i < 20000; ++i)
        if (trackmem_transfer(shared[i % 2], domains[(i + (size_t)at) % 3]) != TRACKMEM_OK)
            return domains;
    return NULL;
}

static void blocks_that_two_threads_transfer_are_counted_once(void **state)
{
    pthread_t threads[2];
    void *failed = NULL;
    struct trackmem_stats stats;
    (void)state;
    for (int i = 0; i < 3; ++i)
        domains[i] = trackmem_domain_create(NULL, "transfers");
    shared[0] = trackmem_malloc(1000);
    shared[1] = trackmem_malloc(40000);
    for (int i = 0; i < 2; ++i)
        assert_int_equal(pthread_create(&threads[i], NULL, transfer_to_each, (void *)(uintptr_t)i),
                         0);
    for (int i = 0; i < 2; ++i) {
        pthread_join(threads[i], &failed);
        assert_null(failed);
    }
    trackmem_free(shared[0]);
    trackmem_free(shared[1]);
    for (int i = 0; i < 3; ++i) {
        assert_int_equal(trackmem_domain_stats(domains[i], true, &stats), TRACKMEM_OK);
        assert_int_equal(stats.live_blocks, 0);
        assert_int_equal(stats.live_bytes, 0);
        assert_int_equal(stats.charged_bytes, 0);
    }
}

static void *churn(void *seed)
{
    unsigned random = (unsigned)(uintptr_t)seed;
    char *blocks[64] = { NULL };

    for (int i = 0; i < 30000; ++i) {
        char **block = &blocks[random >> 16 & 63];

        random = random * 1103515245u + 12345u;
        trackmem_free(*block);
        *block = trackmem_malloc(random >> 20 & 1023);
        if (*block != NULL)
            memset(*block, 1, random >> 20 & 1023);
        if (i % 3000 == 0 && trackmem_check_all() != 0)
            return seed;
    }
    for (int i = 0; i < 64; ++i)
        trackmem_free(blocks[i]);
    return NULL;
}

static void sweeps_beside_busy_threads_find_nothing(void **state)
{
    pthread_t threads[4];
    (void)state;
    for (uintptr_t i = 0; i < 4; ++i)
        assert_int_equal(pthread_create(&threads[i], NULL, churn, (void *)(i + 1)), 0);
    for (int i = 0; i < 4; ++i) {
        void *failed;

        pthread_join(threads[i], &failed);
        assert_null(failed);
    }
    assert_true(tmi_quarantine_bytes() <= (size_t)(256 + 4 * 4) << 10);
    assert_int_equal(seen[TRACKMEM_MISUSE_OVERRUN] + seen[TRACKMEM_MISUSE_UNDERRUN] +
                         seen[TRACKMEM_MISUSE_WRITE_AFTER_FREE],
                     0);
}

static void the_quarantine_keeps_to_a_bound_that_is_changed(void **state)
{
    (void)state;
    assert_int_equal(trackmem_set_options("quarantine=16K"), TRACKMEM_OK);
    for (int i = 0; i < 1000; ++i)
        trackmem_free(trackmem_malloc(500));
    assert_true(tmi_quarantine_bytes() <= (size_t)20 << 10);
    assert_true(tmi_quarantine_bytes() > (size_t)8 << 10);
    assert_int_equal(trackmem_set_options("quarantine=0"), TRACKMEM_OK);
    trackmem_free(trackmem_malloc(500));
    assert_int_equal(tmi_quarantine_bytes(), 0);
    assert_int_equal(trackmem_set_options("quarantine=256K"), TRACKMEM_OK);
}

#define MANY      100
#define MANY_SIZE 160

/* All of them free before one ends. */
static void *free_some(void *unused)
{
    unsigned random = (unsigned)(uintptr_t)&unused;

    for (int i = 0; i < 10000; ++i) {
        random = random * 1664525u + 1013904223u;
        trackmem_free(trackmem_malloc(MANY_SIZE - (random >> 16) % 32));
    }
    pthread_barrier_wait(&barrier);
    pthread_barrier_wait(&barrier);
    return unused;
}

static void many_threads_keep_as_much_as_the_bound(void **state)
{
    const size_t bound = (size_t)256 << 10;
    const size_t least = bound - bound / 8; /* two that find too much at once both take it */
    pthread_t threads[MANY];
    size_t kept;
    (void)state;
    assert_int_equal(pthread_barrier_init(&barrier, NULL, MANY + 1), 0);
    for (int i = 0; i < MANY; ++i)
        assert_int_equal(pthread_create(&threads[i], NULL, free_some, NULL), 0);
    pthread_barrier_wait(&barrier);
    kept = tmi_quarantine_bytes();
    pthread_barrier_wait(&barrier);
    for (int i = 0; i < MANY; ++i)
        pthread_join(threads[i], NULL);
    assert_in_range(kept, least, bound + (size_t)MANY * TMI_QUARANTINE_UNTOLD);
    for (int i = 0; i < 64; ++i) /* what they had yet to tell is told */
        trackmem_free(trackmem_malloc(MANY_SIZE));
    assert_in_range(tmi_quarantine_bytes(), least, bound + TMI_QUARANTINE_UNTOLD);
}

static void the_mode_itself_is_of_the_start(void **state)
{
    (void)state;
    assert_int_equal(trackmem_set_options("redzone=64"), TRACKMEM_BUSY);
    assert_int_equal(trackmem_set_options("fill=off"), TRACKMEM_BUSY);
    assert_int_equal(tmi_checked_options.zone_bytes, 16);
}

static void assert_described(const void *ptr, const char *start, const char *end, bool ours)
{
    char text[256];

    assert_int_equal(trackmem_describe(ptr, text, sizeof text), ours);
    assert_memory_equal(text, start, strlen(start));
    assert_string_equal(text + strlen(text) - strlen(end), end);
}

static void addresses_are_described(void **state)
{
    char *volatile place = trackmem_malloc(120); /* the compiler shall not see what is freed */
    char *block = place;
    char *huge = trackmem_malloc((size_t)100 << 20);
    char freed_at[128];
    (void)state;
    assert_described(block, "the start of a 120-byte block of domain process", "live", true);
    assert_described(block + 7, "7 bytes into a 120-byte block", "live", true);
    assert_described(block + 128, "8 bytes past the end of a 120-byte block", "live", true);
    assert_described(block - 4, "4 bytes before the start of a 120-byte block", "live", true);
    assert_described(huge + ((size_t)99 << 20), "103,809,024 bytes into a ", "live", true);
    snprintf(freed_at, sizeof freed_at, ", freed at %s:%d", __FILE__, __LINE__ + 1);
    trackmem_free(block);
    assert_described(place + 1, "1 byte into a 120-byte block", freed_at, true);
    trackmem_free(huge);
    assert_described(&state, "the stack of this thread", "thread", false);
}

static void what_was_put_right_is_reported_once(void **state)
{
    char *block = trackmem_malloc(10);
    volatile char *volatile writer = block;
    (void)state;
    writer[10] = 0;
    writer[-1] = 1;
    assert_false(trackmem_check(block));
    assert_true(trackmem_check(block));
    assert_int_equal(trackmem_check_all(), 0);
    trackmem_free(block);
    writer[2] = 1;
    assert_int_equal(trackmem_check_all(), 1);
    assert_int_equal(trackmem_check_all(), 0);
    assert_int_equal(seen[TRACKMEM_MISUSE_UNDERRUN], 1);
    assert_int_equal(seen[TRACKMEM_MISUSE_WRITE_AFTER_FREE], 1);
}

/* What a budget allows does not depend on the mode. */
static void zones_are_charged_to_nobody(void **state)
{
    struct trackmem_domain *domain = trackmem_domain_create(NULL, "charged");
    void *block = trackmem_malloc_in(domain, 100);
    struct trackmem_stats stats;
    (void)state;
    assert_int_equal(trackmem_domain_stats(domain, false, &stats), TRACKMEM_OK);
    assert_int_equal(stats.live_bytes, 100);
    assert_int_equal(stats.overhead_bytes, TMI_HEADER_BYTES);
    trackmem_free(block);
    trackmem_domain_destroy(domain);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_two_racing_frees_one_is_reported),
        cmocka_unit_test(blocks_that_two_threads_transfer_are_counted_once),
        cmocka_unit_test(sweeps_beside_busy_threads_find_nothing),
        cmocka_unit_test(the_quarantine_keeps_to_a_bound_that_is_changed),
        cmocka_unit_test(the_mode_itself_is_of_the_start),
        cmocka_unit_test(addresses_are_described),
        cmocka_unit_test(what_was_put_right_is_reported_once),
        cmocka_unit_test(zones_are_charged_to_nobody),
        cmocka_unit_test(many_threads_keep_as_much_as_the_bound),
    };

    trackmem_set_options("check,misuse=report,quarantine=256K");
    trackmem_set_misuse_handler(count, NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
