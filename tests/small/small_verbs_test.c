/*
 * The verbs of the small profile.
 */
#include "small_unit.h"

static bool all_are(const unsigned char *bytes, int value, size_t size)
{
    for (size_t i = 0; i < size; ++i)
        if (bytes[i] != value)
            return false;
    return true;
}

static void blocks_of_any_size_come_and_go(void **state)
{
    (void)state;
    for (size_t size = 0; size < 20000; size = size * 3 / 2 + 1) {
        void *block = trackmem_malloc(size);

        assert_non_null(block);
        assert_int_equal((uintptr_t)block % TRACKMEM_ALIGNMENT, 0);
        assert_int_equal(trackmem_size(block), size);
        memset(block, 0x5a, size);
        assert_int_equal(stats_of(NULL, false).live_bytes, size);
        assert_int_equal(stats_of(NULL, false).overhead_bytes, OVERHEAD);
        trackmem_free_sized(block, size);
    }
    trackmem_free(NULL);
    assert_int_equal(trackmem_size(NULL), 0);
}

static void calloc_gives_zeros_and_memdup_a_copy(void **state)
{
    unsigned char *dirty = trackmem_malloc(400);
    unsigned char *zeros;
    char *copy;

    (void)state;
    memset(dirty, 0xff, 400);
    trackmem_free(dirty);
    zeros = trackmem_calloc(10, 40);
    assert_true(all_are(zeros, 0, 400));
    copy = trackmem_memdup("copied", 7);
    assert_string_equal(copy, "copied");
    trackmem_free(zeros);
    trackmem_free(copy);
}

static void what_cannot_be_is_refused(void **state)
{
    uint64_t failures = stats_of(NULL, false).failures;

    (void)state;
    assert_null(trackmem_malloc(hidden_size(0x100000)));
    assert_null(trackmem_malloc(hidden_size(SIZE_MAX)));
    assert_null(trackmem_calloc(hidden_size(SIZE_MAX / 2), hidden_size(3)));
    assert_null(trackmem_aligned_alloc(hidden_size(24), 10));
    assert_null(trackmem_aligned_alloc(hidden_size(0), 10));
    assert_null(trackmem_malloc(sizeof pool)); /* that the region has no room for */
    assert_int_equal(stats_of(NULL, false).failures, failures + 6);
}

static void aligned_blocks_stand_where_they_should(void **state)
{
    (void)state;
    for (size_t alignment = 1; alignment <= 4096; alignment *= 2) {
        unsigned char *block = trackmem_aligned_alloc(alignment, 100);

        assert_non_null(block);
        assert_int_equal((uintptr_t)block % alignment, 0);
        assert_int_equal(trackmem_size(block), 100);
        memset(block, 7, 100);
        block = trackmem_aligned_realloc(block, alignment, 3000);
        assert_int_equal((uintptr_t)block % alignment, 0);
        assert_true(all_are(block, 7, 100));
        trackmem_aligned_free(block);
    }
}

static void a_resize_keeps_what_it_should(void **state)
{
    unsigned char *block = trackmem_malloc(10);
    unsigned char *wall;

    (void)state;
    memset(block, 1, 10);
    wall = trackmem_malloc(1);
    for (size_t size = 10; size < 5000; size += 100) {
        block = trackmem_realloc(block, size);
        assert_non_null(block);
        assert_true(all_are(block, 1, 10));
        assert_int_equal(stats_of(NULL, false).live_bytes, size + 1);
        assert_int_equal(stats_of(NULL, false).charged_bytes, size + 1 + 2 * OVERHEAD);
    }
    block = trackmem_realloc(block, 0);
    assert_int_equal(trackmem_size(block), 0);
    block = trackmem_reallocarray(block, 5, 5);
    assert_int_equal(trackmem_size(block), 25);
    trackmem_free(block);
    trackmem_free(wall);
}

static void a_failed_resize_changes_nothing(void **state)
{
    unsigned char *block = trackmem_malloc(1000);

    (void)state;
    memset(block, 3, 1000);
    assert_null(trackmem_realloc(block, sizeof pool));
    assert_null(trackmem_realloc(block, hidden_size(0x200000)));
    assert_int_equal(trackmem_size(block), 1000);
    assert_true(all_are(block, 3, 1000));
    assert_int_equal(stats_of(NULL, false).charged_bytes, 1000 + OVERHEAD);
    trackmem_free(block);
}

static void verbs_are_functions_too(void **state)
{
    void *(*allocate)(size_t) = trackmem_malloc;
    void *(*resize)(void *, size_t) = trackmem_realloc;
    void (*release)(void *) = trackmem_free;
    void *block = allocate(20);

    (void)state;
    block = resize(block, 40);
    assert_int_equal(trackmem_size(block), 40);
    release(block);
}

#define BLOCKS 40
TRACKMEM_DEFINE_DOMAIN(one, "one", NULL);
TRACKMEM_DEFINE_DOMAIN(two, "two", &one);

static struct trackmem_domain *const owners[] = { NULL, &one, &two };
static unsigned char *blocks[BLOCKS];
static size_t sizes[BLOCKS];
static size_t owner_of[BLOCKS];
static bool aligned[BLOCKS];

static void check_sums(void)
{
    uint64_t bytes[3] = { 0, 0, 0 };
    uint64_t count[3] = { 0, 0, 0 };

    for (size_t i = 0; i < BLOCKS; ++i) {
        if (blocks[i] == NULL)
            continue;
        assert_true(all_are(blocks[i], (int)i, sizes[i]));
        bytes[owner_of[i]] += sizes[i];
        ++count[owner_of[i]];
    }
    for (size_t d = 0; d < 3; ++d) {
        assert_int_equal(stats_of(owners[d], false).live_bytes, bytes[d]);
        assert_int_equal(stats_of(owners[d], false).live_blocks, count[d]);
    }
    assert_int_equal(stats_of(&one, true).live_bytes, bytes[1] + bytes[2]);
    assert_int_equal(stats_of(NULL, true).live_blocks, count[0] + count[1] + count[2]);
    assert_int_equal(trackmem_check_all(), 0);
}

static void one_step(uint32_t random)
{
    size_t i = random % BLOCKS;
    size_t size = (random >> 8) % 1500;
    size_t owner = (random >> 20) % 3;

    if (blocks[i] == NULL) {
        aligned[i] = (random & 0x40000) != 0;
        blocks[i] = aligned[i]
                        ? trackmem_aligned_alloc_in(owners[owner], 1u << (random >> 9) % 8, size)
                        : trackmem_malloc_in(owners[owner], size);
        assert_non_null(blocks[i]);
        owner_of[i] = owner;
    } else if ((random & 0x10000) != 0) {
        blocks[i] = aligned[i] ? trackmem_aligned_realloc(blocks[i], 1u << (random >> 9) % 8, size)
                               : trackmem_realloc(blocks[i], size);
        assert_non_null(blocks[i]);
    } else if ((random & 0x20000) != 0) {
        assert_int_equal(trackmem_transfer(blocks[i], owners[owner]), TRACKMEM_OK);
        owner_of[i] = owner;
        return;
    } else {
        if (aligned[i])
            trackmem_aligned_free(blocks[i]);
        else
            trackmem_free(blocks[i]);
        blocks[i] = NULL;
        return;
    }
    sizes[i] = size;
    memset(blocks[i], (int)i, size);
}

static void whatever_is_done_the_sums_are_right(void **state)
{
    uint32_t random = 1;

    (void)state;
    for (int i = 0; i < 4000; ++i) {
        random = random * 1664525u + 1013904223u;
        one_step(random >> 4);
        if (i % 50 == 0)
            check_sums();
    }
    for (size_t i = 0; i < BLOCKS; ++i) {
        if (aligned[i])
            trackmem_aligned_free(blocks[i]);
        else
            trackmem_free(blocks[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SMALL_TEST(blocks_of_any_size_come_and_go),
        SMALL_TEST(calloc_gives_zeros_and_memdup_a_copy),
        SMALL_TEST(what_cannot_be_is_refused),
        SMALL_TEST(aligned_blocks_stand_where_they_should),
        SMALL_TEST(a_resize_keeps_what_it_should),
        SMALL_TEST(a_failed_resize_changes_nothing),
        SMALL_TEST(verbs_are_functions_too),
        SMALL_TEST(whatever_is_done_the_sums_are_right),
    };

    start_small();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
