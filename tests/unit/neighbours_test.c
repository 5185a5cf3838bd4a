/*
 * Damage between blocks of check mode that lie beside each other: whose it is, and told once.
 */
#define _GNU_SOURCE
#include "unit.h"

#include <pthread.h>

#include "base/atomic.h"
#include "base/compiler.h"
#include "trackmem/observe.h"

#define PITCH 32 /* of the smallest blocks */

static uint32_t seen[32]; /* atomic: how often each kind was reported */

static void count(const struct trackmem_misuse *misuse, void *user)
{
    (void)user;
    (void)tmi_add(&seen[misuse->kind], 1);
}

/* Forty blocks of one size, of which every second is freed. */
static void make_gaps(char *blocks[40], size_t size)
{
    for (int i = 0; i < 40; ++i)
        blocks[i] = trackmem_malloc(size);
    for (int i = 0; i < 40; i += 2)
        trackmem_free(blocks[i]);
}

static void write_one(char *block, ptrdiff_t offset)
{
    volatile char *volatile writer = block;

    writer[offset] = 1;
}

/* Where another block, of another size, lies before one, what is between may be nearer to that. */
static void expect_underruns(size_t size, ptrdiff_t offset)
{
    uint32_t before = tmi_load(&seen[TRACKMEM_MISUSE_UNDERRUN]);
    uint32_t expected = 0;
    char *blocks[40];

    make_gaps(blocks, size);
    for (int i = 1; i < 40; i += 2) {
        if (blocks[i] - blocks[i - 1] == PITCH) {
            write_one(blocks[i], offset);
            assert_int_equal(trackmem_check_all(), 1);
            ++expected;
        }
        trackmem_free(blocks[i]);
    }
    assert_true(expected > 10);
    assert_int_equal(tmi_load(&seen[TRACKMEM_MISUSE_UNDERRUN]) - before, expected);
}

/* The bytes between two blocks belong to both. */
static void an_underrun_beside_a_freed_block_is_reported_once(void **state)
{
    (void)state;
    expect_underruns(8, -1);
    expect_underruns(1, -16); /* as far from the one as from the other */
}

static void a_write_between_two_freed_blocks_is_reported_once(void **state)
{
    char *blocks[40];
    (void)state;
    make_gaps(blocks, 1);
    for (int i = 1; i < 40; i += 2)
        trackmem_free(blocks[i]);
    write_one(blocks[20], 16);
    assert_int_equal(trackmem_check_all(), 1);
    assert_int_equal(trackmem_check_all(), 0);
}

/* What was told of a freed block hides nothing that happens to its neighbour afterwards. */
static void an_underrun_beside_a_freed_block_that_was_told_is_told(void **state)
{
    uint32_t before = tmi_load(&seen[TRACKMEM_MISUSE_UNDERRUN]);
    uint32_t expected = 0;
    char *blocks[40];
    (void)state;
    make_gaps(blocks, 16);
    for (int i = 1; i < 40; i += 2) {
        if (blocks[i] - blocks[i - 1] == PITCH) {
            write_one(blocks[i - 1], 3);
            assert_int_equal(trackmem_check_all(), 1);
            write_one(blocks[i], -12);
            assert_false(trackmem_check(blocks[i]));
            assert_int_equal(trackmem_check_all(), 0);
            write_one(blocks[i], -12);
            ++expected;
        }
        trackmem_free(blocks[i]);
    }
    assert_true(expected > 10);
    assert_int_equal(tmi_load(&seen[TRACKMEM_MISUSE_UNDERRUN]) - before, 2 * expected);
}

/* Blocks beside each other, by address. */
static bool make_pair(char *volatile pair[2], size_t size)
{
    char *other;

    pair[0] = trackmem_malloc(size);
    pair[1] = trackmem_malloc(size);
    if (pair[0] > pair[1]) {
        other = pair[0];
        pair[0] = pair[1];
        pair[1] = other;
    }
    return pair[1] - pair[0] == PITCH;
}

static void a_freed_block_and_its_neighbour_are_told_apart(void **state)
{
    uint32_t underruns = tmi_load(&seen[TRACKMEM_MISUSE_UNDERRUN]);
    uint32_t writes = tmi_load(&seen[TRACKMEM_MISUSE_WRITE_AFTER_FREE]);
    char *volatile pair[2];
    (void)state;
    assert_true(make_pair(pair, 16));
    trackmem_free(pair[0]);
    write_one(pair[0], 3);
    write_one(pair[1], -1);
    assert_int_equal(trackmem_check_all(), 2);
    assert_int_equal(tmi_load(&seen[TRACKMEM_MISUSE_UNDERRUN]) - underruns, 1);
    assert_int_equal(tmi_load(&seen[TRACKMEM_MISUSE_WRITE_AFTER_FREE]) - writes, 1);
    trackmem_free(pair[1]);
}

static void two_neighbours_that_are_overrun_are_told_both(void **state)
{
    uint32_t before = tmi_load(&seen[TRACKMEM_MISUSE_OVERRUN]);
    (void)state;
    for (int first = 0; first < 2; ++first) {
        char *volatile pair[2];

        assert_true(make_pair(pair, 16));
        write_one(pair[0], 16);
        write_one(pair[1], 16);
        trackmem_free(pair[first]);
        trackmem_free(pair[!first]);
    }
    assert_int_equal(tmi_load(&seen[TRACKMEM_MISUSE_OVERRUN]) - before, 4);
}

enum { PAIRS = 2000 };

static char *volatile pairs[PAIRS][2];
static pthread_barrier_t both;

static void *free_one_of_each(void *argument)
{
    int which = argument != NULL;

    for (int i = 0; i < PAIRS; ++i) {
        pthread_barrier_wait(&both);
        trackmem_free(pairs[i][which]);
    }
    return NULL;
}

/* Two threads free both blocks of each pair at once; returns how often each kind was told. */
static void free_pairs_at_once(uint32_t told[32])
{
    pthread_t thread;

    for (int kind = 0; kind < 32; ++kind)
        told[kind] = tmi_load(&seen[kind]);
    pthread_barrier_init(&both, NULL, 2);
    assert_int_equal(pthread_create(&thread, NULL, free_one_of_each, &both), 0);
    (void)free_one_of_each(NULL);
    pthread_join(thread, NULL);
    pthread_barrier_destroy(&both);
    for (int kind = 0; kind < 32; ++kind)
        told[kind] = tmi_load(&seen[kind]) - told[kind];
}

static void neighbours_that_are_freed_at_once_are_told_rightly(void **state)
{
    uint32_t told[32];
    (void)state;
    if (TMI_TSAN) /* what is put right between two blocks is read by who looks at the other */
        skip();
    for (int i = 0; i < PAIRS; ++i) {
        while (!make_pair(pairs[i], 16))
            continue;
        write_one(pairs[i][0], 17); /* one behind */
        write_one(pairs[i][0], -1);
    }
    free_pairs_at_once(told);
    assert_int_equal(told[TRACKMEM_MISUSE_UNDERRUN], PAIRS);
    assert_int_equal(told[TRACKMEM_MISUSE_OVERRUN], 0);
    for (int i = 0; i < PAIRS; ++i) {
        while (!make_pair(pairs[i], 16))
            continue;
        write_one(pairs[i][1], -1);
        write_one(pairs[i][1], 16);
    }
    free_pairs_at_once(told);
    assert_int_equal(told[TRACKMEM_MISUSE_UNDERRUN], PAIRS);
    assert_int_equal(told[TRACKMEM_MISUSE_OVERRUN], 0);
}

static uint32_t writes_after_free; /* atomic */
static bool over;                  /* atomic */

static void *write_after_frees(void *unused)
{
    char *volatile block;

    for (int i = 0; i < 30000; ++i) {
        block = trackmem_malloc(16);
        trackmem_free(block);
        if (i % 8 == 0) {
            (void)tmi_add(&writes_after_free, 1);
            write_one(block, 3);
        }
    }
    return unused;
}

static void *sweep_on(void *unused)
{
    while (!tmi_load(&over))
        (void)trackmem_check_all();
    return unused;
}

/* What leaves the quarantine and what sweeps meanwhile find the same. */
static void sweeps_beside_blocks_that_leave_tell_nothing_twice(void **state)
{
    uint32_t before = tmi_load(&seen[TRACKMEM_MISUSE_WRITE_AFTER_FREE]);
    uint32_t told;
    pthread_t threads[4];
    (void)state;
    if (TMI_TSAN) /* which sees that the program writes to what it has freed, too */
        skip();
    for (int i = 0; i < 4; ++i)
        assert_int_equal(
            pthread_create(&threads[i], NULL, i < 2 ? write_after_frees : sweep_on, NULL), 0);
    for (int i = 0; i < 4; ++i) {
        tmi_store(&over, i > 1);
        pthread_join(threads[i], NULL);
    }
    (void)trackmem_set_options("quarantine=0");
    (void)trackmem_check_all();
    (void)trackmem_set_options("quarantine=256K");
    told = tmi_load(&seen[TRACKMEM_MISUSE_WRITE_AFTER_FREE]) - before;
    assert_true(told <= writes_after_free); /* less: of a thread that waited between the two */
    assert_true(told + 100 > writes_after_free);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_underrun_beside_a_freed_block_is_reported_once),
        cmocka_unit_test(a_write_between_two_freed_blocks_is_reported_once),
        cmocka_unit_test(an_underrun_beside_a_freed_block_that_was_told_is_told),
        cmocka_unit_test(a_freed_block_and_its_neighbour_are_told_apart),
        cmocka_unit_test(two_neighbours_that_are_overrun_are_told_both),
        cmocka_unit_test(neighbours_that_are_freed_at_once_are_told_rightly),
        cmocka_unit_test(sweeps_beside_blocks_that_leave_tell_nothing_twice),
    };

    trackmem_set_options("check,misuse=report,quarantine=256K");
    trackmem_set_misuse_handler(count, NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
