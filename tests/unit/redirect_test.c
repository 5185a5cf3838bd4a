/*
 * redirect.h: the C library's names mean trackmem's; what it cannot do.
 */
#include "unit.h"

#include <trackmem/observe.h>

#include "witness.h"

/* As in a file that cannot be touched: the last include, put before its code. */
#include <trackmem/redirect.h>

typedef void (*destroy_fn)(void *);

static void calls_are_accounted_with_their_sites(void **state)
{
    char *text = strdup("shader");
    char *printed = NULL;
    wchar_t *wide = wcsdup(L"wide");
    int *numbers = calloc(5, sizeof(int));
    (void)state;
    witness_begin();
    assert_int_equal(trackmem_size(text), 7);
    assert_int_equal(trackmem_size(wide), 5 * sizeof(wchar_t));
    assert_int_equal(asprintf(&printed, "%s %d", text, 5), 8);
    assert_string_equal(printed, "shader 5");
    numbers = realloc(numbers, 10000);
    assert_int_equal(trackmem_size(numbers), 10000);
    free(numbers);
    free(wide);
    free(printed);
    free(text);
    assert_no_misuse();
    assert_nothing_alive();
}

static void addresses_are_those_of_trackmem(void **state)
{
    destroy_fn destroy = free;
    void *(*create)(size_t) = malloc;
    void *block = create(10);
    (void)state;
    assert_int_equal(trackmem_size(block), 10);
    destroy(block);
    assert_nothing_alive();
}

static void a_site_is_the_file_s_own(void **state)
{
    void *block = malloc(10);
    (void)state;
    witness_begin();
    trackmem_aligned_free(hidden(block));
    assert_misuse(TRACKMEM_MISUSE_MISMATCHED_FAMILY);
    assert_non_null(strstr(witness.allocated, "redirect_test.c"));
    free(block);
    assert_nothing_alive();
}

static void aligned_blocks_end_as_the_system_says(void **state)
{
    (void)state;
    witness_begin();
#if defined(_WIN32)
    void *block = _aligned_malloc(10, 256);
    assert_int_equal((uintptr_t)block % 256, 0);
    block = _aligned_realloc(block, 5000, 256);
    assert_int_equal(trackmem_size(block), 5000);
    _aligned_free(block);
#else
    void *block = NULL;
    void *other = aligned_alloc(512, 512);
    void *page = valloc(10);
    assert_int_equal(posix_memalign(&block, 256, 10), 0);
    assert_int_equal((uintptr_t)block % 256, 0);
    assert_int_equal((uintptr_t)other % 512, 0);
    assert_int_equal((uintptr_t)page % 4096, 0);
    free(block);
    free(other);
    free(page);
    assert_int_equal(posix_memalign(&block, 48, 10), 22);
    assert_int_equal(posix_memalign(&block, 2, 10), 22);
    assert_int_equal(posix_memalign(&block, 64, hidden_size(SIZE_MAX)), 12);
    assert_null(aligned_alloc(48, 10));
#endif
    assert_no_misuse();
    assert_nothing_alive();
}

static void sizes_are_those_that_were_asked_for(void **state)
{
    void *block = malloc(100);
    (void)state;
    witness_begin();
#if defined(_WIN32)
    void *aligned = _aligned_malloc(10, 256);
    assert_int_equal(_msize(block), 100);
    assert_int_equal(_aligned_msize(aligned, 256, 0), 10);
    _aligned_free(aligned);
#else
    void *aligned = memalign(256, 10);
    size_t (*size_of)(const void *) = malloc_usable_size;
    assert_int_equal(malloc_usable_size(block), 100);
    assert_int_equal(malloc_usable_size(aligned), 10);
    assert_int_equal(malloc_usable_size(NULL), 0);
    assert_int_equal(size_of(block), 100);
    free(aligned);
#endif
    free(block);
    assert_no_misuse();
    assert_nothing_alive();
}

static void a_resize_to_nothing_leaves_a_block(void **state)
{
    void *block = realloc(malloc(10), hidden_size(0));
    (void)state;
    assert_non_null(block);
    free(block);
    assert_nothing_alive();
}

static void what_others_allocated_is_foreign_here(void **state)
{
    void *theirs = trackmem_libc_malloc(10);
    void *ours = malloc(10);
    (void)state;
    witness_begin();
    free(hidden(theirs));
    assert_int_equal(witness.count, 1);
    trackmem_libc_free(theirs);
    trackmem_libc_free(trackmem_export(ours)); /* for those who will call the C library's free */
    assert_nothing_alive();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calls_are_accounted_with_their_sites),
        cmocka_unit_test(addresses_are_those_of_trackmem),
        cmocka_unit_test(a_site_is_the_file_s_own),
        cmocka_unit_test(aligned_blocks_end_as_the_system_says),
        cmocka_unit_test(sizes_are_those_that_were_asked_for),
        cmocka_unit_test(a_resize_to_nothing_leaves_a_block),
        cmocka_unit_test(what_others_allocated_is_foreign_here),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
