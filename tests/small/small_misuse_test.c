/*
 * Each kind of misuse that the small profile sees: what is told of it, and that all goes on.
 */
#include "small_unit.h"

TRACKMEM_DEFINE_DOMAIN(driver, "driver", NULL);

/* Calls whose return addresses are known to lie in them. */
static __attribute__((__noinline__)) void *allocate_here(size_t size)
{
    void *volatile block = trackmem_malloc_in(&driver, size);
    return block;
}

static __attribute__((__noinline__)) void free_here(void *ptr)
{
    trackmem_free(hidden(ptr));
    __asm__ volatile("" : : : "memory");
}

/* Not where functions end, which C cannot say: near where they begin. */
static void assert_near(const void *address, uintptr_t function)
{
    assert_in_range((uintptr_t)address, (function & ~(uintptr_t)1) + 1, function + 200);
}

static void a_mismatched_free_names_both_sides(void **state)
{
    void *block = trackmem_aligned_alloc_in(&driver, 64, 100);

    (void)state;
    free_here(block);
    assert_int_equal(misuse.made_by, TRACKMEM_FAMILY_ALIGNED);
    assert_int_equal(misuse.freed_by, TRACKMEM_FAMILY_PLAIN);
    assert_string_equal(misuse.verb, "trackmem_free");
    assert_ptr_equal(misuse.domain, &driver);
    assert_int_equal(misuse.size, 100);
    assert_near(misuse.here.address, (uintptr_t)free_here);
    expect_misuse(TRACKMEM_MISUSE_MISMATCHED_FAMILY, "mismatched-family");
    trackmem_aligned_free(block);

    block = allocate_here(10);
    trackmem_aligned_free(hidden(block));
    assert_near(misuse.allocated.address, (uintptr_t)allocate_here);
    expect_misuse(TRACKMEM_MISUSE_MISMATCHED_FAMILY, "mismatched-family");
    assert_null(trackmem_aligned_realloc(hidden(block), 8, 50));
    expect_misuse(TRACKMEM_MISUSE_MISMATCHED_FAMILY, "mismatched-family");
    trackmem_free(block);
}

static void a_registered_family_frees_its_own_alone(void **state)
{
    static const struct trackmem_family_info info = { "ralloc", "ralloc_size", "ralloc_free" };
    trackmem_family family = trackmem_family_register(&info);
    void *block = trackmem_family_malloc(family, &driver, 32, 10);

    (void)state;
    assert_int_equal(trackmem_family_register(&info), family);
    assert_string_equal(trackmem_family_name(family), "ralloc");
    assert_int_equal((uintptr_t)block % 32, 0);
    trackmem_free(hidden(block));
    assert_int_equal(misuse.made_by, family);
    expect_misuse(TRACKMEM_MISUSE_MISMATCHED_FAMILY, "mismatched-family");
    block = trackmem_family_realloc(family, block, 0, 500);
    assert_int_equal((uintptr_t)block % 32, 0);
    trackmem_family_free(family, block);
    assert_null(trackmem_family_malloc(14, NULL, 0, 10)); /* which nobody registered */
}

static void a_double_free_names_three_places(void **state)
{
    void *block = allocate_here(48);

    (void)state;
    free_here(block);
    trackmem_free(hidden(block));
    assert_int_equal(misuse.size, 48);
    assert_near(misuse.allocated.address, (uintptr_t)allocate_here);
    assert_near(misuse.freed.address, (uintptr_t)free_here);
    expect_misuse(TRACKMEM_MISUSE_DOUBLE_FREE, "double-free");

    for (int i = 0; i < 2 * TRACKMEM_GRAVES; ++i) /* what was forgotten is still seen */
        trackmem_free(trackmem_malloc(8));
    trackmem_free(hidden(pool + sizeof pool / 2));
    expect_misuse(TRACKMEM_MISUSE_DOUBLE_FREE, "double-free");
}

static void pointers_into_blocks_and_elsewhere_are_told_apart(void **state)
{
    static uint64_t theirs[4];
    char *block = trackmem_malloc(100);
    char *big = trackmem_aligned_alloc(256, 100);

    (void)state;
    trackmem_free(hidden(block + 3 * TRACKMEM_ALIGNMENT));
    assert_ptr_equal(misuse.block, block);
    assert_int_equal(misuse.offset, 3 * TRACKMEM_ALIGNMENT);
    expect_misuse(TRACKMEM_MISUSE_INTERIOR_POINTER, "interior-pointer");
    trackmem_free(hidden(big + 64));
    assert_ptr_equal(misuse.block, big);
    expect_misuse(TRACKMEM_MISUSE_INTERIOR_POINTER, "interior-pointer");
    trackmem_free(hidden(block + 1));
    expect_misuse(TRACKMEM_MISUSE_INTERIOR_POINTER, "interior-pointer");
    trackmem_free(hidden((char *)&theirs[2] + 1));
    expect_misuse(TRACKMEM_MISUSE_MISALIGNED, "misaligned-pointer");
    trackmem_free(hidden((void *)(((uintptr_t)&theirs[1] + 15) & ~(uintptr_t)15)));
    expect_misuse(TRACKMEM_MISUSE_FOREIGN_POINTER, "foreign-pointer");
    assert_int_equal(trackmem_size(hidden((void *)(((uintptr_t)&theirs[1] + 15) & ~(uintptr_t)15))),
                     0);
    expect_misuse(TRACKMEM_MISUSE_FOREIGN_POINTER, "foreign-pointer");
    assert_int_equal(trackmem_transfer(block + TRACKMEM_ALIGNMENT, NULL), TRACKMEM_NOT_OURS);
    expect_misuse(TRACKMEM_MISUSE_INTERIOR_POINTER, "interior-pointer");
    trackmem_free(block);
    trackmem_aligned_free(big);
}

static void no_pointer_is_no_misuse(void **state)
{
    void *volatile none = NULL;

    (void)state;
    assert_int_equal(trackmem_transfer(none, &driver), TRACKMEM_INVALID);
    assert_null(trackmem_domain_of(none));
    assert_false(trackmem_check(none));
    assert_false((trackmem_check)(none));
    assert_int_equal(trackmem_size(none), 0);
    trackmem_free_sized(none, 1);
    trackmem_free(none);
}

static void a_wrong_size_is_told_and_freed(void **state)
{
    void *block = trackmem_malloc(30);

    (void)state;
    trackmem_free_sized(block, hidden_size(31));
    assert_int_equal(misuse.size, 30);
    expect_misuse(TRACKMEM_MISUSE_WRONG_SIZE, "wrong-size");
}

static void a_damaged_header_is_told_at_free_and_by_a_check(void **state)
{
    uint32_t *block = hidden(trackmem_malloc(30));
    uint32_t before = block[-2];

    (void)state;
    *(volatile uint32_t *)&block[-2] = before ^ 0x10;
    free_here(block);
    assert_ptr_equal(misuse.ptr, block);
    expect_misuse(TRACKMEM_MISUSE_DAMAGED_HEADER, "damaged-header");
    assert_int_equal(trackmem_check_all(), 1);
    expect_misuse(TRACKMEM_MISUSE_DAMAGED_HEADER, "damaged-header");
    *(volatile uint32_t *)&block[-2] = before;
    assert_int_equal(trackmem_check_all(), 0);
    trackmem_free(block);
}

static struct {
    struct trackmem_window *window;
    char *live;
    void *freed;
    size_t damaged;
    uint64_t left_bytes;
    bool began;
} meanwhile;

/* Another task that comes while trackmem_check_all goes through the blocks: what it is told. */
static void preempt(const struct trackmem_misuse *seen, void *user)
{
    (void)seen;
    (void)user;
    trackmem_set_misuse_handler(keep_misuse, NULL);
    meanwhile.left_bytes = trackmem_end(meanwhile.window, NULL, NULL);
    trackmem_free(hidden(meanwhile.freed));
    expect_misuse(TRACKMEM_MISUSE_DOUBLE_FREE, "double-free");
    trackmem_free(hidden(meanwhile.live + TRACKMEM_ALIGNMENT));
    expect_misuse(TRACKMEM_MISUSE_INTERIOR_POINTER, "interior-pointer");
    meanwhile.damaged = trackmem_check_all();
    expect_misuse(TRACKMEM_MISUSE_DAMAGED_HEADER, "damaged-header");
    meanwhile.window = trackmem_begin();
    meanwhile.began = meanwhile.window != NULL;
    (void)trackmem_end(meanwhile.window, NULL, NULL);
}

static void who_comes_during_a_check_is_told_the_truth(void **state)
{
    uint32_t *damaged = hidden(trackmem_malloc(30));
    uint32_t before = damaged[-2];
    void *left;

    (void)state;
    meanwhile.live = trackmem_malloc(100);
    meanwhile.window = trackmem_begin();
    left = trackmem_malloc(50);
    meanwhile.freed = trackmem_malloc(10);
    trackmem_free(meanwhile.freed);
    *(volatile uint32_t *)&damaged[-2] = before ^ 0x10;
    trackmem_set_misuse_handler(preempt, NULL);
    assert_int_equal(trackmem_check_all(), 1);
    *(volatile uint32_t *)&damaged[-2] = before;
    assert_int_equal(meanwhile.left_bytes, 50);
    assert_int_equal(meanwhile.damaged, 1);
    assert_true(meanwhile.began);
    trackmem_free(left);
    trackmem_free(meanwhile.live);
    trackmem_free(damaged);
}

#if TRACKMEM_REDZONE_BYTES != 0
static void an_overrun_is_told_where_there_are_redzones(void **state)
{
    volatile unsigned char *block = allocate_here(21);

    (void)state;
    block[21] ^= 0xff;
    assert_int_equal(trackmem_check_all(), 1);
    assert_ptr_equal(misuse.block, (void *)(uintptr_t)block);
    assert_near(misuse.allocated.address, (uintptr_t)allocate_here);
    expect_misuse(TRACKMEM_MISUSE_OVERRUN, "overrun");
    free_here((void *)(uintptr_t)block);
    assert_near(misuse.here.address, (uintptr_t)free_here);
    expect_misuse(TRACKMEM_MISUSE_OVERRUN, "overrun");
}
#endif

#if TRACKMEM_FILL
static void assert_filled(const unsigned char *bytes, size_t size, int value)
{
    for (size_t i = 0; i < size; ++i)
        assert_int_equal(bytes[i], value);
}

static void new_and_freed_memory_is_filled_where_that_is_asked(void **state)
{
    enum { KEPT = 64 }; /* bytes of a free block that a region may write to */
    unsigned char *block = trackmem_malloc(200);
    unsigned char *aligned = trackmem_aligned_alloc(64, 200);
    unsigned char *zeros = trackmem_calloc(1, 200);

    (void)state;
    assert_filled(block, 200, TRACKMEM_FILL_FRESH);
    assert_filled(aligned, 200, TRACKMEM_FILL_FRESH);
    assert_filled(zeros, 200, 0);
    memset(block, 1, 200);
    memset(aligned, 1, 200);
    block = trackmem_realloc(block, 300); /* by copying: the next one is in the way */
    assert_filled(block, 200, 1);
    assert_filled(block + 200, 100, TRACKMEM_FILL_FRESH);
    block = trackmem_realloc(block, 400); /* in place, if the backend can */
    assert_filled(block + 300, 100, TRACKMEM_FILL_FRESH);
    block = trackmem_realloc(block, 250);
    assert_filled(block, 200, 1);
    trackmem_free(hidden(block));
    assert_filled(block + KEPT, 250 - KEPT, TRACKMEM_FILL_FREED);
    trackmem_free(zeros);
    trackmem_aligned_free(hidden(aligned));
    assert_filled(aligned + KEPT, 200 - KEPT, TRACKMEM_FILL_FREED);
}
#endif

static void a_domain_that_ends_tells_its_blocks(void **state)
{
    struct trackmem_domain *cache = trackmem_domain_create(&driver, "cache");
    static TRACKMEM_DEFINE_DOMAIN(passing, "passing", NULL);
    void *block = trackmem_malloc_in(cache, 77);
    void *late;

    (void)state;
    assert_int_equal(trackmem_domain_destroy(&driver), TRACKMEM_BUSY);
    assert_int_equal(trackmem_domain_destroy(cache), TRACKMEM_OK);
    assert_int_equal(misuse.size, 77);
    expect_misuse(TRACKMEM_MISUSE_DOMAIN_LEAK, "domain-leak");
    assert_ptr_equal(trackmem_domain_of(block), cache);
    late = trackmem_malloc_in(cache, 5);
    expect_misuse(TRACKMEM_MISUSE_DESTROYED_DOMAIN, "destroyed-domain");
    assert_ptr_equal(trackmem_domain_of(late), &driver);
    trackmem_free(late);
    trackmem_free(block);
    /* It was a block itself, and goes when domains are looked at next. */
    assert_int_equal(trackmem_domain_destroy(trackmem_domain_create(NULL, "next")), TRACKMEM_OK);

    late = trackmem_malloc_in(&passing, 5);
    trackmem_free(late);
    assert_int_equal(trackmem_domain_destroy(&passing), TRACKMEM_OK);
    late = trackmem_malloc_in(&passing, 5);
    expect_misuse(TRACKMEM_MISUSE_DESTROYED_DOMAIN, "destroyed-domain");
    trackmem_free(late);
    late = trackmem_malloc_in(&passing, 5); /* told once */
    trackmem_free(late);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SMALL_TEST(a_mismatched_free_names_both_sides),
        SMALL_TEST(a_registered_family_frees_its_own_alone),
        SMALL_TEST(a_double_free_names_three_places),
        SMALL_TEST(pointers_into_blocks_and_elsewhere_are_told_apart),
        SMALL_TEST(no_pointer_is_no_misuse),
        SMALL_TEST(a_wrong_size_is_told_and_freed),
        SMALL_TEST(a_damaged_header_is_told_at_free_and_by_a_check),
        SMALL_TEST(who_comes_during_a_check_is_told_the_truth),
#if TRACKMEM_REDZONE_BYTES != 0
        SMALL_TEST(an_overrun_is_told_where_there_are_redzones),
#endif
#if TRACKMEM_FILL
        SMALL_TEST(new_and_freed_memory_is_filled_where_that_is_asked),
#endif
        SMALL_TEST(a_domain_that_ends_tells_its_blocks),
    };

    start_small();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
