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
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/compiler.h"
#include "block/exact.h"
#include "block/reuse.h"
#include "platform/platform.h"
#include "witness.h"

#define PAGE 4096u

static alignas(64) char static_data[256];
static alignas(64) const char constant_data[256] = "constant";

enum verb {
    FREE,
    FREE_SIZED,
    ALIGNED_FREE,
    REALLOC,
    ALIGNED_REALLOC,
    EXPORT,
    TRANSFER,
    SIZE,
    VERBS
};

static const char *const verb_names[VERBS] = {
    "trackmem_free",
    "trackmem_free_sized",
    "trackmem_aligned_free",
    "trackmem_realloc",
    "trackmem_aligned_realloc",
    "trackmem_export",
    "trackmem_transfer",
    "trackmem_size",
};

static void use(enum verb verb, void *ptr)
{
    switch (verb) {
    case FREE: trackmem_free(ptr); break;
    case FREE_SIZED: trackmem_free_sized(ptr, 10); break;
    case ALIGNED_FREE: trackmem_aligned_free(ptr); break;
    case REALLOC: assert_null(trackmem_realloc(ptr, 100)); break;
    case ALIGNED_REALLOC: assert_null(trackmem_aligned_realloc(ptr, 64, 100)); break;
    case EXPORT: assert_null(trackmem_export(ptr)); break;
    case TRANSFER: assert_int_equal(trackmem_transfer(ptr, NULL), TRACKMEM_NOT_OURS); break;
    case SIZE: assert_int_equal(trackmem_size(ptr), 0); break;
    case VERBS: break;
    }
}

/* Each verb names the pointer as that kind, and nothing is charged or freed. */
static void check(const void *ptr, enum trackmem_misuse_kind kind, const char *words)
{
    struct trackmem_stats before = stats_of(NULL, true);
    struct trackmem_stats after;
    for (int verb = 0; verb < VERBS; verb++) {
        witness_begin();
        use((enum verb)verb, hidden(ptr));
        assert_misuse(kind);
        assert_string_equal(witness.verb, verb_names[verb]);
        assert_ptr_equal(witness.last.ptr, ptr);
        if (strstr(witness.text, words) == NULL)
            print_message("not \"%s\":\n%s", words, witness.text);
        assert_non_null(strstr(witness.text, words));
        if (verb != SIZE)
            assert_string_equal(witness.here_function, "use");
    }
    after = stats_of(NULL, true);
    assert_memory_equal(&before, &after, sizeof before);
    witness_begin();
}

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

/* Whether fn ends a child of ours by that signal. */
static bool dies(void (*fn)(void *), void *argument, int number)
{
    int status;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct rlimit none = { 0, 0 };
        (void)setrlimit(RLIMIT_CORE, &none);
        signal(number, SIG_DFL);
        fn(argument);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) && WTERMSIG(status) == number;
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

/* Freed blocks. */

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
    assert_non_null(strstr(witness.allocated, "foreign_test.c:"));
    assert_non_null(strstr(witness.freed, "foreign_test.c:"));
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

static void a_large_block_with_a_damaged_header_is_named_and_left(void **state)
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

/* A limit: without its header a small block is nobody's, or the one that was freed there before. */
static void a_small_block_with_a_damaged_header_is_not_known(void **state)
{
    unsigned char *block = trackmem_malloc(100);
    unsigned char *header = hidden(block - 16);
    (void)state;
    header[3] ^= 1;
    use(FREE, block);
    assert_int_equal(witness.count, 1);
    assert_true(witness.last.kind == TRACKMEM_MISUSE_FOREIGN_POINTER ||
                witness.last.kind == TRACKMEM_MISUSE_DOUBLE_FREE);
    witness_begin();
    header[3] ^= 1;
    trackmem_free(hidden(block));
    assert_no_misuse();
}

static void a_copied_header_makes_no_block(void **state)
{
    alignas(16) unsigned char forged[64];
    unsigned char *block = trackmem_malloc(32);
    (void)state;
    memcpy(forged, hidden(block - 16), 48);
    check(forged + 16, TRACKMEM_MISUSE_FOREIGN_POINTER, "stack");
    trackmem_free(hidden(block));
}

static int end(void **state)
{
    (void)state;
    assert_no_misuse();
    assert_nothing_alive();
    return 0;
}

static int begin(void **state)
{
    (void)state;
    witness_begin();
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(memory_of_mmap_is_foreign_at_its_start_and_inside),
        TEST(the_first_bytes_of_pages_without_access_are_not_read),
        TEST(the_first_page_behind_a_hole_is_judged_without_reading_the_hole),
        TEST(the_middle_of_a_page_that_is_not_mapped_faults_as_in_the_c_library),
        TEST(static_data_is_foreign),
        TEST(the_stack_is_foreign),
        TEST(the_stack_of_another_thread_is_foreign),
        TEST(pointers_of_no_alignment_are_not_read),
        TEST(small_integers_are_foreign),
        TEST(code_is_foreign),
        TEST(pointers_into_blocks_are_interior),
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
        TEST(a_small_block_with_a_damaged_header_is_not_known),
        TEST(a_copied_header_makes_no_block),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
