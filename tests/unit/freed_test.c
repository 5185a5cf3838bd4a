/*
 * Blocks that were freed before, or whose header is damaged: named and survived; and the limits
 * that ARCHITECTURE.md states, shown.
 */
#define _GNU_SOURCE
#include "base/compiler.h"
#include "unit.h"

#include <pthread.h>
#include <stdalign.h>
#include <stdlib.h>

#include "block/exact.h"
#include "block/reuse.h"
#include "each_verb.h"
#include "platform/platform.h"

/* A limit: musl unmaps even small blocks; a second free that reads them faults, as musl's would. */
static bool has_vanished(const char *block)
{
#ifdef __GLIBC__
    (void)block;
    return false;
#else
    return !tmi_exact_starts_page((uintptr_t)block) && !tmi_platform_readable(block - 16, 16);
#endif
}

static void check_freed(void *block, size_t size, const char *freed_in)
{
    if (has_vanished(block))
        return;
    check(block, TRACKMEM_MISUSE_DOUBLE_FREE, "gets a block that was freed before");
    use(FREE, hidden(block));
    assert_string_equal(witness.id, "double-free");
    assert_ptr_equal(witness.last.block, block);
    assert_int_equal(witness.last.size, size);
    assert_non_null(strstr(witness.allocated, "freed_test.c:"));
    assert_non_null(strstr(witness.freed, "freed_test.c:"));
    assert_string_equal(witness.freed_function, freed_in);
    witness_begin();
}

static const size_t freed_sizes[] = {
    0, 1, 16, 100, 1000, TMI_REUSE_MAX, TMI_REUSE_MAX + 1, 5000, 65536, 200000, 1 << 20
};
#define FREED_SIZES (sizeof freed_sizes / sizeof freed_sizes[0])

static void a_second_free_is_named_with_both_places(void **state)
{
    (void)state;
    for (size_t i = 0; i < FREED_SIZES; i++) {
        void *block = trackmem_malloc(freed_sizes[i]);
        trackmem_free(hidden(block));
        check_freed(hidden(block), freed_sizes[i], __func__);
    }
}

static void a_second_free_is_named_after_the_thread_gave_its_spans_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < FREED_SIZES; i++) {
        void *block = trackmem_malloc(freed_sizes[i]);
        trackmem_free(hidden(block));
        trackmem_trim();
        check_freed(hidden(block), freed_sizes[i], __func__);
    }
}

static void a_second_free_of_an_aligned_block_is_named(void **state)
{
    (void)state;
    for (size_t alignment = 1; alignment <= 8192; alignment *= 8) {
        bool may_vanish = alignment > TRACKMEM_ALIGNMENT && alignment < PAGE; /* see below */
        for (size_t i = 0; i < FREED_SIZES && (freed_sizes[i] < 65536 || !may_vanish); i++) {
            void *block = trackmem_aligned_alloc(alignment, freed_sizes[i]);
            trackmem_aligned_free(hidden(block));
            check_freed(hidden(block), freed_sizes[i], __func__);
        }
    }
}

static void free_twice(void *block)
{
    trackmem_aligned_free(hidden(block));
    trackmem_aligned_free(hidden(block));
    if (witness.count != 1 || witness.last.kind != TRACKMEM_MISUSE_DOUBLE_FREE)
        abort();
}

/*
 * A limit: a large block that is aligned to less than a page starts within one, so its header is
 * read, and faults when its pages are gone.
 */
static void a_second_free_of_a_large_aligned_block_is_named_or_faults(void **state)
{
    void *block = trackmem_aligned_alloc(64, 64 << 20);
    (void)state;
    assert_true(dies(free_twice, block, SIGSEGV) || !dies(free_twice, block, SIGABRT));
    trackmem_aligned_free(block);
}

static void *free_there(void *block)
{
    trackmem_free(hidden(block));
    return NULL;
}

static void a_block_freed_by_a_thread_that_ended_is_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < FREED_SIZES; i++) {
        void *block = trackmem_malloc(freed_sizes[i]);
        pthread_t thread;
        assert_int_equal(pthread_create(&thread, NULL, free_there, block), 0);
        pthread_join(thread, NULL);
        check_freed(hidden(block), freed_sizes[i], "free_there");
    }
}

static void a_block_that_realloc_moved_is_freed(void **state)
{
    char *block = trackmem_malloc(100);
    char *moved = trackmem_realloc(block, 100000);
    (void)state;
    assert_ptr_not_equal(block, moved);
    check_freed(hidden(block), 100, __func__);
    trackmem_free(moved);
}

static void an_adopted_block_freed_twice_is_named(void **state)
{
    char *block = trackmem_libc_malloc(100);
    (void)state;
    assert_int_equal(trackmem_adopt(block, 100), TRACKMEM_OK);
    trackmem_free(hidden(block));
    check_freed(hidden(block), 100, __func__);
    assert_nothing_alive();
}

/* A limit: the address is a live block again, and the second free ends that one. */
static void a_second_free_after_reuse_ends_the_block_that_took_the_address(void **state)
{
    char *first = trackmem_malloc(100);
    char *second;
    (void)state;
    trackmem_free(hidden(first));
    second = trackmem_malloc(100);
    if (second != first) { /* this C library keeps addresses back */
        trackmem_free(second);
        skip();
    }
    trackmem_free(hidden(first));
    assert_no_misuse();
    assert_nothing_alive();
    trackmem_free(hidden(second)); /* the rightful owner is the one that is told */
    assert_misuse(TRACKMEM_MISUSE_DOUBLE_FREE);
    witness_begin();
}

/* A limit: the table of the recently freed has one place for many addresses. */
static void a_freed_block_is_forgotten_after_many_others(void **state)
{
    enum { MANY = 4096 };
    static void *blocks[MANY];
    void *block = trackmem_malloc(2000);
    (void)state;
    for (size_t i = 0; i < MANY; i++)
        blocks[i] = trackmem_malloc(2000);
    trackmem_free(hidden(block));
    for (size_t i = 0; i < MANY; i++)
        trackmem_free(blocks[i]);
    use(FREE, hidden(block));
    assert_int_equal(witness.count, 1);
    assert_true(witness.last.kind == TRACKMEM_MISUSE_FOREIGN_POINTER ||
                witness.last.kind == TRACKMEM_MISUSE_DOUBLE_FREE ||
                witness.last.kind == TRACKMEM_MISUSE_INTERIOR_POINTER);
    assert_nothing_alive();
    witness_begin();
}

/* A limit: what stood there is remembered, not whose it is now. */
static void memory_of_the_c_library_where_a_block_was_freed_is_taken_for_that_block(void **state)
{
    char *block = trackmem_libc_malloc(200);
    char *again;
    (void)state;
    assert_int_equal(trackmem_adopt(block, 200), TRACKMEM_OK);
    trackmem_free(hidden(block));
    again = trackmem_libc_malloc(200);
    if (again == block)
        check(again, TRACKMEM_MISUSE_DOUBLE_FREE, "freed before");
    else
        check(again, TRACKMEM_MISUSE_FOREIGN_POINTER, "trackmem did not allocate");
    trackmem_libc_free(again);
}

/* Damage. */

TMI_READS_ANYTHING static void a_large_block_with_a_damaged_header_is_named_and_left(void **state)
{
    unsigned char *block = trackmem_malloc(100000);
    unsigned char *header = hidden(block - 16);
    (void)state;
    for (size_t i = 0; i < 16; i++) {
        header[i] ^= 0x40;
        check(block, TRACKMEM_MISUSE_DAMAGED_HEADER, "overwritten");
        header[i] ^= 0x40;
    }
    trackmem_free(hidden(block));
    assert_no_misuse();
    assert_nothing_alive();
}

TMI_READS_ANYTHING static void flip(unsigned char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        bytes[i] ^= 0x55;
}

/* Either half of the header is enough, even where another block was freed before. */
TMI_READS_ANYTHING static void a_small_block_with_a_damaged_header_is_named_and_left(void **state)
{
    unsigned char *before = trackmem_malloc(100);
    unsigned char *block;
    (void)state;
    trackmem_free(before);
    block = hidden(trackmem_malloc(100)); /* often at the same address */
    for (size_t i = 1; i <= 16; i++) {
        flip(block - i, 1);
        check(block, TRACKMEM_MISUSE_DAMAGED_HEADER, "overwritten");
        flip(block - i, 1);
    }
    for (size_t count = 1; count <= 8; count++) {
        flip(block - count, count);
        check(block, TRACKMEM_MISUSE_DAMAGED_HEADER, "overwritten");
        flip(block - count, count);
        flip(block - 16, count);
        check(block, TRACKMEM_MISUSE_DAMAGED_HEADER, "overwritten");
        flip(block - 16, count);
    }
    trackmem_free(block);
    assert_no_misuse();
}

/* A limit: without its header a small block is nobody's, or the one that was freed there before. */
TMI_READS_ANYTHING static void a_small_block_without_its_header_is_not_known(void **state)
{
    unsigned char *block = hidden(trackmem_malloc(100));
    (void)state;
    flip(block - 16, 16);
    use(FREE, block);
    assert_int_equal(witness.count, 1);
    assert_true(witness.last.kind == TRACKMEM_MISUSE_FOREIGN_POINTER ||
                witness.last.kind == TRACKMEM_MISUSE_DOUBLE_FREE);
    witness_begin();
    flip(block - 16, 16);
    trackmem_free(block);
    assert_no_misuse();
}

TMI_READS_ANYTHING static void a_copied_header_makes_no_block(void **state)
{
    alignas(16) unsigned char forged[64];
    unsigned char *block = trackmem_malloc(32);
    const volatile unsigned char *header = hidden(block - 16);
    (void)state;
    for (size_t i = 0; i < 48; i++)
        forged[i] = header[i];
    check(forged + 16, TRACKMEM_MISUSE_FOREIGN_POINTER, "stack");
    trackmem_free(hidden(block));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_second_free_is_named_with_both_places),
        TEST(a_second_free_is_named_after_the_thread_gave_its_spans_back),
        TEST(a_second_free_of_an_aligned_block_is_named),
        TEST(a_second_free_of_a_large_aligned_block_is_named_or_faults),
        TEST(a_block_freed_by_a_thread_that_ended_is_named),
        TEST(a_block_that_realloc_moved_is_freed),
        TEST(an_adopted_block_freed_twice_is_named),
        TEST(a_second_free_after_reuse_ends_the_block_that_took_the_address),
        TEST(a_freed_block_is_forgotten_after_many_others),
        TEST(memory_of_the_c_library_where_a_block_was_freed_is_taken_for_that_block),
        TEST(a_large_block_with_a_damaged_header_is_named_and_left),
        TEST(a_small_block_with_a_damaged_header_is_named_and_left),
        TEST(a_small_block_without_its_header_is_not_known),
        TEST(a_copied_header_makes_no_block),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
