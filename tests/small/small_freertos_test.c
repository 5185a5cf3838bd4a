/*
 * The small profile over a heap with FreeRTOS's signatures: the example's backend.
 */
#include "../../examples/firmware/freertos_stand_in.h"
#include "small_unit.h"

TRACKMEM_DEFINE_DOMAIN(driver, "driver", NULL);

static void all_comes_from_their_heap_and_goes_back(void **state)
{
    void *block = trackmem_malloc_in(&driver, 100);
    void *aligned = trackmem_aligned_alloc_in(&driver, 128, 100);

    (void)state;
    assert_int_equal((uintptr_t)aligned % 128, 0);
    assert_in_range(freertos_stand_in_used(), 200, 600);
    block = trackmem_realloc(block, 1000); /* it has no realloc */
    assert_int_equal(trackmem_size(block), 1000);
    assert_int_equal(stats_of(&driver, false).live_bytes, 1100);
    trackmem_free(hidden(aligned));
    expect_misuse(TRACKMEM_MISUSE_MISMATCHED_FAMILY, "mismatched-family");
    trackmem_aligned_free(aligned);
    trackmem_free(hidden(block));
    assert_int_equal(freertos_stand_in_used(), 0);
    trackmem_free(hidden(block)); /* a grave knows it, though no region does */
    expect_misuse(TRACKMEM_MISUSE_DOUBLE_FREE, "double-free");
    assert_null(trackmem_malloc(20000));
    assert_int_equal(stats_of(NULL, true).charged_bytes, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_comes_from_their_heap_and_goes_back),
    };

    (void)region;
    (void)pool;
    (void)trackmem_set_backend(freertos_heap());
    trackmem_set_misuse_handler(keep_misuse, NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
