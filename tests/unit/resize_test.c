/*
 * Every resizing verb, in each of its forms: contents, domain, site, and what is left on failure.
 */
#include "unit.h"

#include "verbs.h"

static void realloc_keeps_the_contents_at_every_pair_of_sizes(void **state)
{
    (void)state;
    for (size_t from = 0; from < SIZE_COUNT; from++) {
        for (size_t to = 0; to < SIZE_COUNT; to++) {
            size_t less = sizes[from] < sizes[to] ? sizes[from] : sizes[to];
            char *plain = trackmem_malloc(sizes[from]);
            char *aligned = trackmem_aligned_alloc(128, sizes[from]);
            fill(plain, sizes[from], 1);
            fill(aligned, sizes[from], 2);
            plain = trackmem_realloc(plain, sizes[to]);
            aligned = trackmem_aligned_realloc(aligned, 128, sizes[to]);
            assert_non_null(plain);
            assert_non_null(aligned);
            assert_true(is_filled(plain, less, 1));
            assert_true(is_filled(aligned, less, 2));
            assert_int_equal(trackmem_size(plain), sizes[to]);
            assert_int_equal(trackmem_size(aligned), sizes[to]);
            assert_int_equal((uintptr_t)aligned % 128, 0);
            fill(plain, sizes[to], 4);
            fill(aligned, sizes[to], 5);
            assert_true(is_filled(plain, sizes[to], 4));
            assert_int_equal(live_blocks(NULL), 2);
            assert_int_equal(live_bytes(NULL), 2 * sizes[to]);
            trackmem_free(plain);
            trackmem_aligned_free(aligned);
            assert_int_equal(live_bytes(NULL), 0);
        }
    }
    assert_no_misuse();
}

typedef void *resize_fn(void *ptr, size_t size);

static void *resize_macro(void *ptr, size_t size)
{
    return trackmem_realloc(ptr, size);
}

static void *resize_function(void *ptr, size_t size)
{
    return (trackmem_realloc)(ptr, size);
}

static void *resize_at(void *ptr, size_t size)
{
    return trackmem_realloc_at(TRACKMEM_SITE, ptr, size);
}

static void *resize_in(void *ptr, size_t size)
{
    return trackmem_realloc_in(NULL, ptr, size);
}

static void *resize_in_function(void *ptr, size_t size)
{
    return (trackmem_realloc_in)(NULL, ptr, size);
}

static void *resize_in_at(void *ptr, size_t size)
{
    return trackmem_realloc_in_at(TRACKMEM_SITE, NULL, ptr, size);
}

static void *resize_array(void *ptr, size_t size)
{
    return trackmem_reallocarray(ptr, 1, size);
}

static void *resize_array_function(void *ptr, size_t size)
{
    return (trackmem_reallocarray)(ptr, size, 1);
}

static void *resize_array_at(void *ptr, size_t size)
{
    return trackmem_reallocarray_at(TRACKMEM_SITE, ptr, 1, size);
}

static void *resize_array_in(void *ptr, size_t size)
{
    return trackmem_reallocarray_in(NULL, ptr, size, 1);
}

static void *resize_array_in_at(void *ptr, size_t size)
{
    return trackmem_reallocarray_in_at(TRACKMEM_SITE, NULL, ptr, size, 1);
}

static resize_fn *const resizes[] = {
    resize_macro,       resize_function, resize_at,          resize_in,
    resize_in_function, resize_in_at,    resize_array,       resize_array_function,
    resize_array_at,    resize_array_in, resize_array_in_at,
};

static void realloc_in_all_its_forms_keeps_the_domain_of_the_block(void **state)
{
    (void)state;
    for (size_t r = 0; r < sizeof resizes / sizeof resizes[0]; r++) {
        void *block = trackmem_malloc_in(&shelf, 40);
        for (size_t s = 0; s < SIZE_COUNT; s++) {
            block = resizes[r](block, sizes[s]);
            assert_non_null(block);
            assert_true(trackmem_domain_same(trackmem_domain_of(block), &shelf));
            assert_int_equal(live_bytes(&shelf), sizes[s]);
            assert_int_equal(live_blocks(&shelf), 1);
        }
        trackmem_free(block);
    }
}

static void realloc_becomes_the_site_of_the_block(void **state)
{
    struct search search = { .function = "resize_macro" };
    void *block = trackmem_malloc(40);
    (void)state;
    block = resize_macro(block, 44); /* in place */
    trackmem_visit_sites(look_for_site, &search);
    assert_int_equal(search.live_blocks, 1);
    block = resize_at(block, 4000);
    search.live_blocks = 0;
    trackmem_visit_sites(look_for_site, &search);
    assert_int_equal(search.live_blocks, 0);
    trackmem_free(block);
}

static void realloc_to_0_leaves_an_empty_block_and_of_null_allocates(void **state)
{
    (void)state;
    for (size_t r = 0; r < sizeof resizes / sizeof resizes[0]; r++) {
        void *block = resizes[r](NULL, 20);
        assert_non_null(block);
        block = resizes[r](block, 0);
        assert_non_null(block);
        assert_int_equal(trackmem_size(block), 0);
        assert_int_equal(live_blocks(NULL), 1);
        block = resizes[r](block, 0);
        assert_non_null(block);
        trackmem_free(block);
        assert_int_equal(live_blocks(NULL), 0);
    }
}

static void realloc_that_can_not_be_leaves_the_block_as_it_was(void **state)
{
    char *block = trackmem_malloc_in(&shelf, 1000);
    char *aligned = trackmem_aligned_alloc(256, 1000);
    struct trackmem_stats before;
    struct trackmem_stats after;
    (void)state;
    fill(block, 1000, 9);
    fill(aligned, 1000, 8);
    before = stats_of(NULL, true);
    for (size_t r = 0; r < sizeof resizes / sizeof resizes[0]; r++)
        assert_null(resizes[r](block, hidden_size(SIZE_MAX - 7)));
    assert_null(trackmem_reallocarray(block, hidden_size(SIZE_MAX / 2), 3));
    assert_null(trackmem_aligned_realloc(aligned, 64, hidden_size(SIZE_MAX - 7)));
    assert_null(trackmem_aligned_realloc(aligned, hidden_size(0), 10));
    assert_null(trackmem_aligned_realloc(aligned, hidden_size(3), 10));
    assert_null(trackmem_aligned_realloc(aligned, hidden_size(300), 10));
    after = stats_of(NULL, true);
    assert_int_equal(after.failures - before.failures, sizeof resizes / sizeof resizes[0] + 5);
    before.failures = after.failures;
    assert_memory_equal(&before, &after, sizeof before);
    assert_int_equal(trackmem_size(block), 1000);
    assert_true(is_filled(block, 1000, 9));
    assert_true(is_filled(aligned, 1000, 8));
    trackmem_free(block);
    trackmem_aligned_free(aligned);
}

static void the_failure_of_a_realloc_counts_for_the_domain_of_the_block(void **state)
{
    void *block = trackmem_malloc_in(&shelf, 10);
    uint64_t before = stats_of(&shelf, false).failures;
    (void)state;
    assert_null(trackmem_realloc(block, hidden_size(SIZE_MAX)));
    assert_int_equal(stats_of(&shelf, false).failures, before + 1);
    trackmem_free(block);
}

static void aligned_realloc_raises_and_never_lowers_the_alignment(void **state)
{
    char *block = trackmem_aligned_alloc(16, 100);
    (void)state;
    fill(block, 100, 1);
    for (size_t alignment = 16; alignment <= 65536; alignment *= 4) {
        block = trackmem_aligned_realloc(block, alignment, 100 + alignment);
        assert_int_equal((uintptr_t)block % alignment, 0);
        assert_true(is_filled(block, 100, 1));
    }
    for (size_t size = 10; size < 100000; size = size * 3 + 1) {
        block = trackmem_aligned_realloc(block, 1, size);
        assert_int_equal((uintptr_t)block % 65536, 0);
        assert_int_equal(trackmem_size(block), size);
        assert_true(is_filled(block, size < 10 ? size : 10, 1));
    }
    (trackmem_aligned_free)(block);
}

static void aligned_realloc_keeps_the_domain_in_all_its_forms(void **state)
{
    char *block = trackmem_aligned_alloc_in(&shelf, 64, 100);
    (void)state;
    block = (trackmem_aligned_realloc)(block, 64, 200);
    block = trackmem_aligned_realloc_at(TRACKMEM_SITE, block, 64, 300);
    block = trackmem_aligned_realloc_in(NULL, block, 64, 400);
    block = (trackmem_aligned_realloc_in)(NULL, block, 64, 500);
    block = trackmem_aligned_realloc_in_at(TRACKMEM_SITE, NULL, block, 64, 600);
    assert_int_equal(live_bytes(&shelf), 600);
    assert_int_equal(live_blocks(&shelf), 1);
    trackmem_aligned_free(block);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(realloc_keeps_the_contents_at_every_pair_of_sizes),
        TEST(realloc_in_all_its_forms_keeps_the_domain_of_the_block),
        TEST(realloc_becomes_the_site_of_the_block),
        TEST(realloc_to_0_leaves_an_empty_block_and_of_null_allocates),
        TEST(realloc_that_can_not_be_leaves_the_block_as_it_was),
        TEST(the_failure_of_a_realloc_counts_for_the_domain_of_the_block),
        TEST(aligned_realloc_raises_and_never_lowers_the_alignment),
        TEST(aligned_realloc_keeps_the_domain_in_all_its_forms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
