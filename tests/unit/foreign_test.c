/*
 * Pointers that are no block, or no longer: named by what they are and survived; and the limits
 * that ARCHITECTURE.md states, shown.
 */
#define _GNU_SOURCE
#include "unit.h"

#include <pthread.h>
#include <signal.h>
#include <stdalign.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/compiler.h"
#include "each_verb.h"

static alignas(64) char static_data[256];
static alignas(64) const char constant_data[256] = "constant";

static void *map(size_t size, int protection)
{
    void *pages = mmap(NULL, size, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(pages, MAP_FAILED);
    return pages;
}

static void memory_of_mmap_is_foreign_at_its_start_and_inside(void **state)
{
    char *pages = map(4 * PAGE, PROT_READ | PROT_WRITE);
    (void)state;
    for (size_t offset = 0; offset < 4 * PAGE; offset += 16)
        if (offset < 256 || offset % 1008 == 0)
            check(pages + offset, TRACKMEM_MISUSE_FOREIGN_POINTER, "anonymous memory");
    memset(pages, 0xff, 4 * PAGE);
    check(pages + 16, TRACKMEM_MISUSE_FOREIGN_POINTER, "anonymous memory");
    check(pages + 160, TRACKMEM_MISUSE_FOREIGN_POINTER, "anonymous memory");
    munmap(pages, 4 * PAGE);
}

static void the_first_bytes_of_pages_without_access_are_not_read(void **state)
{
    char *pages = map(4 * PAGE, PROT_NONE);
    (void)state;
    for (size_t offset = 0; offset < 64; offset += 16) {
        check(pages + offset, TRACKMEM_MISUSE_FOREIGN_POINTER, "mapped without access");
        check(pages + PAGE + offset, TRACKMEM_MISUSE_FOREIGN_POINTER, "mapped without access");
    }
    munmap(pages, 4 * PAGE);
    check(pages, TRACKMEM_MISUSE_FOREIGN_POINTER, "not mapped");
    check(pages + 48, TRACKMEM_MISUSE_FOREIGN_POINTER, "not mapped");
}

static void the_first_page_behind_a_hole_is_judged_without_reading_the_hole(void **state)
{
    char *pages = map(4 * PAGE, PROT_READ | PROT_WRITE);
    (void)state;
    assert_int_equal(mprotect(pages, 2 * PAGE, PROT_NONE), 0);
    for (size_t offset = 0; offset < 512; offset += 16)
        check(pages + 2 * PAGE + offset, TRACKMEM_MISUSE_FOREIGN_POINTER, "anonymous memory");
    munmap(pages, 4 * PAGE);
}

static void free_it(void *ptr)
{
    trackmem_free(hidden(ptr));
}

/* A limit: no header can be read there, and asking the system at each free would cost too much. */
static void the_middle_of_a_page_that_is_not_mapped_faults_as_in_the_c_library(void **state)
{
    char *pages = map(4 * PAGE, PROT_READ | PROT_WRITE);
    (void)state;
    munmap(pages, 4 * PAGE);
    assert_true(dies(free_it, pages + 256, SIGSEGV));
    assert_true(dies(free_it, pages + PAGE + 4080, SIGSEGV));
    assert_false(dies(free_it, pages, SIGSEGV));
    assert_false(dies(free_it, pages + 48, SIGSEGV));
}

static void static_data_is_foreign(void **state)
{
    (void)state;
    check(static_data, TRACKMEM_MISUSE_FOREIGN_POINTER, "static data of unit_foreign_test");
    check(static_data + 128, TRACKMEM_MISUSE_FOREIGN_POINTER, "static data of unit_foreign_test");
    check(constant_data + 64, TRACKMEM_MISUSE_FOREIGN_POINTER, "static data of unit_foreign_test");
    check(static_data, TRACKMEM_MISUSE_FOREIGN_POINTER, "ends by itself");
}

/* A float and a small number are as the second half of a header is, at first sight: hardly ever. */
static void data_like_half_a_header_is_foreign(void **state)
{
    static alignas(16) uint32_t words[8];
    uint32_t foreign = 0;
    (void)state;
    for (uint32_t i = 0; i < 20; i++) {
        words[1] = 1 + i % 3;
        words[0] = 0x40000000 + i * 40499;
        words[2] = words[0];
        words[3] = words[1];
        witness_begin();
        use(FREE, hidden(words + 4));
        foreign += witness.last.kind == TRACKMEM_MISUSE_FOREIGN_POINTER;
    }
    assert_true(foreign >= 19);
    witness_begin();
}

static void the_stack_is_foreign(void **state)
{
    alignas(64) char local[256];
    (void)state;
    memset(local, 0x5a, sizeof local);
    check(local, TRACKMEM_MISUSE_FOREIGN_POINTER, "the stack of this thread");
    check(local + 64, TRACKMEM_MISUSE_FOREIGN_POINTER, "the stack of this thread");
    memset(local, 0, sizeof local);
    check(local + 128, TRACKMEM_MISUSE_FOREIGN_POINTER, "the stack of this thread");
}

static void *free_of_own_stack(void *unused)
{
    alignas(64) char local[128] = { 0 };
    (void)unused;
    check(local + 64, TRACKMEM_MISUSE_FOREIGN_POINTER, "the stack of this thread");
    return NULL;
}

static void the_stack_of_another_thread_is_foreign(void **state)
{
    pthread_t thread;
    (void)state;
    assert_int_equal(pthread_create(&thread, NULL, free_of_own_stack, NULL), 0);
    pthread_join(thread, NULL);
}

static void pointers_of_no_alignment_are_not_read(void **state)
{
    char *pages = map(PAGE, PROT_NONE);
    (void)state;
    for (size_t low = 1; low < TRACKMEM_ALIGNMENT; low++) {
        check(pages + 256 + low, TRACKMEM_MISUSE_MISALIGNED, "not a multiple of");
        check(static_data + low, TRACKMEM_MISUSE_MISALIGNED, "not a multiple of");
    }
    check((void *)(uintptr_t)1, TRACKMEM_MISUSE_MISALIGNED, "not a multiple of");
    check((void *)UINTPTR_MAX, TRACKMEM_MISUSE_MISALIGNED, "not a multiple of");
    munmap(pages, PAGE);
}

static void small_integers_are_foreign(void **state)
{
    (void)state;
    check((void *)(uintptr_t)16, TRACKMEM_MISUSE_FOREIGN_POINTER, "not mapped");
    check((void *)(uintptr_t)48, TRACKMEM_MISUSE_FOREIGN_POINTER, "not mapped");
}

static void code_is_foreign(void **state)
{
    uintptr_t code = (uintptr_t)&static_data_is_foreign & ~(uintptr_t)63;
    (void)state;
    check((void *)(code + 16), TRACKMEM_MISUSE_FOREIGN_POINTER, "static data");
}

/* Interior pointers. */

static void check_interior(char *block, size_t size, trackmem_family family)
{
    static const size_t offsets[] = { 1,  7,   8,    15,   16,   24,    32,    48,
                                      64, 100, 1000, 4096, 5000, 65536, 70001, 500000 };
    for (size_t i = 0; i < sizeof offsets / sizeof offsets[0]; i++) {
        size_t offset = offsets[i];
        if (offset >= size)
            continue;
        check(block + offset, TRACKMEM_MISUSE_INTERIOR_POINTER, "a pointer into a block");
        use(FREE, hidden(block + offset));
        assert_ptr_equal(witness.last.block, block);
        assert_int_equal(witness.last.offset, offset);
        assert_int_equal(witness.last.size, size);
        assert_int_equal(witness.last.made_by, family);
        assert_string_equal(witness.id, "interior-pointer");
        assert_non_null(strstr(witness.allocated, "foreign_test.c:"));
        witness_begin();
    }
    assert_int_equal(trackmem_size(block), size);
}

static void pointers_into_blocks_are_interior(void **state)
{
    static const size_t sizes[] = { 17, 100, 2000, 60000, 65535, 65536, 200000, 1 << 20 };
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        char *plain = trackmem_malloc(sizes[i]);
        char *aligned = trackmem_aligned_alloc(64, sizes[i]);
        char *paged = trackmem_aligned_alloc(4096, sizes[i]);
        char *adopted = trackmem_libc_malloc(sizes[i]);
        memset(plain, 0xa5, sizes[i]);
        memset(aligned, 0, sizes[i]);
        memset(paged, 0, sizes[i]);
        assert_int_equal(trackmem_adopt(adopted, sizes[i]), TRACKMEM_OK);
        check_interior(plain, sizes[i], TRACKMEM_FAMILY_PLAIN);
        check_interior(aligned, sizes[i], TRACKMEM_FAMILY_ALIGNED);
        check_interior(paged, sizes[i], TRACKMEM_FAMILY_ALIGNED);
        check_interior(adopted, sizes[i], TRACKMEM_FAMILY_LIBC);
        trackmem_free(plain);
        trackmem_aligned_free(aligned);
        trackmem_aligned_free(paged);
        trackmem_free(adopted);
        assert_no_misuse();
        assert_nothing_alive();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(memory_of_mmap_is_foreign_at_its_start_and_inside),
        TEST(the_first_bytes_of_pages_without_access_are_not_read),
        TEST(the_first_page_behind_a_hole_is_judged_without_reading_the_hole),
        TEST(the_middle_of_a_page_that_is_not_mapped_faults_as_in_the_c_library),
        TEST(static_data_is_foreign),
        TEST(data_like_half_a_header_is_foreign),
        TEST(the_stack_is_foreign),
        TEST(the_stack_of_another_thread_is_foreign),
        TEST(pointers_of_no_alignment_are_not_read),
        TEST(small_integers_are_foreign),
        TEST(code_is_foreign),
        TEST(pointers_into_blocks_are_interior),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
