/*
 * The small profile over the C library's heap: newlib's in firmware. Blocks cannot be found in it.
 */
#include "small_unit.h"

#include <stdlib.h>

TRACKMEM_DEFINE_DOMAIN(driver, "driver", NULL);

static void without_a_backend_there_is_no_memory(void **state)
{
    (void)state;
    assert_null(trackmem_malloc(1));
    assert_int_equal(stats_of(NULL, true).charged_bytes, 0);
    assert_int_equal(trackmem_set_backend(NULL), TRACKMEM_INVALID);
    assert_int_equal(trackmem_set_backend(trackmem_backend_libc()), TRACKMEM_OK);
}

static void blocks_come_from_the_c_library(void **state)
{
    unsigned char *block = trackmem_calloc_in(&driver, 10, 10);
    unsigned char *aligned = trackmem_aligned_alloc(64, 30);
    void *exported;

    (void)state;
    assert_int_equal(trackmem_set_backend(trackmem_backend_libc()), TRACKMEM_BUSY);
    for (size_t size = 100; size < 20000; size *= 2) {
        block[size - 1] = 7;
        block = trackmem_realloc(block, 2 * size);
        assert_non_null(block);
        assert_int_equal(block[size - 1], 7);
        assert_int_equal(stats_of(&driver, false).live_bytes, 2 * size);
    }
    assert_int_equal((uintptr_t)aligned % 64, 0);
    trackmem_free(hidden(aligned));
    expect_misuse(TRACKMEM_MISUSE_MISMATCHED_FAMILY, "mismatched-family");
    trackmem_aligned_free(aligned);
    exported = trackmem_export(block);
    assert_non_null(exported);
    free(exported);
    assert_int_equal(stats_of(NULL, true).live_blocks, 0);
}

static void what_is_theirs_is_named(void **state)
{
    void *theirs = trackmem_libc_malloc(100);

    (void)state;
    assert_int_equal(trackmem_adopt(theirs, 100), TRACKMEM_UNSUPPORTED);
    trackmem_libc_free(theirs);
    assert_int_equal(trackmem_check_all(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_backend_there_is_no_memory),
        cmocka_unit_test(blocks_come_from_the_c_library),
        cmocka_unit_test(what_is_theirs_is_named),
    };

    (void)region;
    (void)pool;
    trackmem_set_misuse_handler(keep_misuse, NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
