/*
 * Blocks of the C library: the named escapes, adoption, export.
 */
#include "unit.h"

#include "base/config.h"
#include "witness.h"

#include <stdlib.h>

TRACKMEM_DEFINE_DOMAIN(guests, "guests", NULL);

static int begin(void **state)
{
    (void)state;
    witness_begin();
    return 0;
}

static int end(void **state)
{
    (void)state;
    assert_no_misuse();
    assert_nothing_alive();
    return 0;
}

static void the_escapes_are_the_c_library_s_and_not_accounted(void **state)
{
    char *a = trackmem_libc_malloc(100);
    char *b = trackmem_libc_calloc(10, 10);
    char *c = trackmem_libc_strdup("text");
    (void)state;
    assert_non_null(a);
    assert_true(is_zero(b, 100));
    assert_string_equal(c, "text");
    a = trackmem_libc_realloc(a, 100000);
    fill(a, 100000, 1);
    assert_int_equal(live_blocks(NULL), 0);
    trackmem_libc_free(a);
    free(b); /* raw: they are the C library's */
    free(c); /* raw: they are the C library's */
    trackmem_libc_free(NULL);
}

static void adopted_blocks_are_charged_and_freed(void **state)
{
    enum trackmem_status (*pointer)(void *, size_t) = trackmem_adopt;
    char *a = trackmem_libc_malloc(100);
    char *b = trackmem_libc_malloc(3000000);
    char *c = trackmem_libc_malloc(1);
    (void)state;
    assert_int_equal(trackmem_adopt(a, 100), TRACKMEM_OK);
    assert_int_equal(pointer(b, 3000000), TRACKMEM_OK);
    assert_int_equal(trackmem_adopt_at(TRACKMEM_SITE, c, 0), TRACKMEM_OK);
    assert_int_equal(trackmem_size(a), 100);
    assert_int_equal(trackmem_size(b), 3000000);
    assert_int_equal(trackmem_size(c), 0);
    assert_int_equal(live_blocks(NULL), 3);
    assert_int_equal(live_bytes(NULL), 3000100);
    assert_int_equal(stats_of(NULL, true).overhead_bytes, 0);
    trackmem_free(a);
    trackmem_free_sized(b, 3000000);
    trackmem_free(c);
}

static void adopted_blocks_are_charged_to_the_domain_in_force(void **state)
{
    char *a = trackmem_libc_malloc(100);
    (void)state;
    assert_int_equal(trackmem_domain_push(&guests), TRACKMEM_OK);
    assert_int_equal(trackmem_adopt(a, 100), TRACKMEM_OK);
    assert_int_equal(trackmem_domain_pop(), TRACKMEM_OK);
    assert_int_equal(live_bytes(&guests), 100);
    assert_true(trackmem_domain_same(trackmem_domain_of(a), &guests));
    assert_int_equal(trackmem_transfer(a, NULL), TRACKMEM_OK);
    assert_int_equal(live_bytes(&guests), 0);
    assert_int_equal(live_bytes(NULL), 100);
    assert_int_equal(stats_of(NULL, true).overhead_bytes, 0);
    assert_int_equal(stats_of(&guests, true).overhead_bytes, 0);
    trackmem_free(a);
}

static void adopting_twice_or_one_of_ours_is_refused(void **state)
{
    char *guest = trackmem_libc_malloc(100);
    char *small = trackmem_malloc(10);
    char *large = trackmem_malloc(1 << 20);
    char *aligned = trackmem_aligned_alloc(4096, 10);
    (void)state;
    assert_int_equal(trackmem_adopt(guest, 100), TRACKMEM_OK);
    assert_int_equal(trackmem_adopt(guest, 100), TRACKMEM_BUSY);
    assert_int_equal(trackmem_adopt(guest, 50), TRACKMEM_BUSY);
    assert_int_equal(trackmem_adopt(small, 10), TRACKMEM_BUSY);
    assert_int_equal(trackmem_adopt(large, 10), TRACKMEM_BUSY);
    assert_int_equal(trackmem_adopt(aligned, 10), TRACKMEM_BUSY);
    assert_int_equal(trackmem_adopt(NULL, 10), TRACKMEM_INVALID);
    assert_int_equal(trackmem_adopt(hidden(&guest), hidden_size(SIZE_MAX)), TRACKMEM_INVALID);
    assert_int_equal(live_blocks(NULL), 4);
    assert_int_equal(trackmem_size(guest), 100);
    trackmem_free(guest);
    trackmem_free(small);
    trackmem_free(large);
    trackmem_aligned_free(aligned);
}

static void adopted_blocks_are_resized_and_keep_contents_and_domain(void **state)
{
    char *a = trackmem_libc_malloc(100);
    (void)state;
    fill(a, 100, 1);
    assert_int_equal(trackmem_adopt(a, 100), TRACKMEM_OK);
    assert_int_equal(trackmem_transfer(a, &guests), TRACKMEM_OK);
    a = trackmem_realloc(a, 200000);
    assert_true(is_filled(a, 100, 1));
    assert_int_equal(trackmem_size(a), 200000);
    assert_int_equal(live_bytes(&guests), 200000);
    a = trackmem_reallocarray(a, 5, 10);
    assert_true(is_filled(a, 50, 1));
    assert_int_equal(live_bytes(&guests), 50);
    a = trackmem_realloc(a, 0);
    assert_non_null(a);
    assert_int_equal(trackmem_size(a), 0);
    assert_int_equal(live_blocks(&guests), 1);
    trackmem_free(a);
}

static void a_failing_resize_leaves_an_adopted_block_and_its_charge(void **state)
{
    char *a = trackmem_libc_malloc(100);
    struct trackmem_stats before;
    struct trackmem_stats after;
    (void)state;
    assert_int_equal(trackmem_adopt(a, 100), TRACKMEM_OK);
    fill(a, 100, 6);
    before = stats_of(NULL, true);
    assert_null(trackmem_realloc(a, hidden_size(SIZE_MAX / 2)));
#if SIZE_MAX > 0xffffffffu
    assert_null(trackmem_realloc(a, hidden_size((size_t)1 << 40))); /* the C library refuses */
    before.failures++;
#endif
    before.failures++;
    after = stats_of(NULL, true);
    assert_memory_equal(&before, &after, sizeof before);
    assert_true(is_filled(a, 100, 6));
    assert_int_equal(trackmem_size(a), 100);
    trackmem_free(a);
}

static void exports_are_the_c_library_s(void **state)
{
    void *(*pointer)(void *) = trackmem_export;
    static const size_t sizes[] = { 0, 1, 100, 1000, 70000, 2000000 };
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        size_t size = sizes[i];
        char *plain = trackmem_malloc(size);
        char *aligned = trackmem_aligned_alloc(256, size);
        char *out;
        fill(plain, size, 1);
        fill(aligned, size, 2);
        out = trackmem_export(plain);
        assert_non_null(out);
        assert_true(is_filled(out, size, 1));
        free(out); /* raw: it was exported */
        out = pointer(aligned);
        assert_non_null(out);
        assert_true(is_filled(out, size, 2));
        free(out); /* raw: it was exported */
        assert_int_equal(live_blocks(NULL), 0);
    }
    assert_null(trackmem_export_at(TRACKMEM_SITE, NULL));
}

static void an_exported_guest_is_the_very_block(void **state)
{
    char *a = trackmem_libc_malloc(100);
    (void)state;
    assert_int_equal(trackmem_adopt(a, 100), TRACKMEM_OK);
    assert_ptr_equal(trackmem_export(a), a);
    assert_int_equal(live_blocks(NULL), 0);
    assert_int_equal(trackmem_adopt(a, 100), TRACKMEM_OK); /* it may come back */
    trackmem_free(a);
}

static void many_are_adopted_and_found_again(void **state)
{
    enum { GUESTS = TMI_SMALL ? 200 : 5000 };
    static char *guest[GUESTS];
    (void)state;
    for (size_t i = 0; i < GUESTS; i++) {
        guest[i] = trackmem_libc_malloc(16 + i % 50);
        assert_int_equal(trackmem_adopt(guest[i], i), TRACKMEM_OK);
    }
    for (size_t i = 0; i < GUESTS; i++)
        assert_int_equal(trackmem_size(guest[i]), i);
    for (size_t i = 0; i < GUESTS; i += 2)
        trackmem_free(guest[i]);
    for (size_t i = 1; i < GUESTS; i += 2)
        assert_int_equal(trackmem_size(guest[i]), i);
    assert_int_equal(live_blocks(NULL), GUESTS / 2);
    for (size_t i = 1; i < GUESTS; i += 2)
        trackmem_free(guest[i]);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_escapes_are_the_c_library_s_and_not_accounted),
        TEST(adopted_blocks_are_charged_and_freed),
        TEST(adopted_blocks_are_charged_to_the_domain_in_force),
        TEST(adopting_twice_or_one_of_ours_is_refused),
        TEST(adopted_blocks_are_resized_and_keep_contents_and_domain),
        TEST(a_failing_resize_leaves_an_adopted_block_and_its_charge),
        TEST(exports_are_the_c_library_s),
        TEST(an_exported_guest_is_the_very_block),
        TEST(many_are_adopted_and_found_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
