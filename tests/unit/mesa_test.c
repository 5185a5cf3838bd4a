/*
 * mesa.h: each of its names, its arity, and the family of what it makes.
 */
#include "base/compiler.h"
#include "unit.h"

#include <trackmem/mesa.h>
#include <trackmem/observe.h>

#include "witness.h"

struct shape {
    int corners;
    char name[12];
};

static void plain_names_make_plain_blocks(void **state)
{
    struct shape *shape = MALLOC_STRUCT(shape);
    struct shape *zero = CALLOC_STRUCT(shape);
    struct shape *longer = CALLOC_VARIANT_LENGTH_STRUCT(shape, 100);
    char *text = MALLOC(10);
    int *numbers = CALLOC(5, sizeof(int));
    char *copy;
    (void)state;
    witness_begin();
    assert_int_equal(trackmem_size(shape), sizeof(struct shape));
    assert_true(is_zero(zero, sizeof *zero));
    assert_int_equal(trackmem_size(longer), sizeof(struct shape) + 100);
    assert_true(is_zero(longer, sizeof *longer + 100));
    assert_true(is_zero(numbers, 5 * sizeof(int)));
    memcpy(text, "123456789", 10);
    text = REALLOC(text, 10, 5000);
    assert_string_equal(text, "123456789");
    assert_int_equal(trackmem_size(text), 5000);
    copy = mem_dup(text, 10);
    assert_string_equal(copy, "123456789");
    FREE(copy);
    FREE(text);
    FREE(numbers);
    FREE(longer);
    FREE(zero);
    FREE(shape);
    FREE(NULL);
    assert_no_misuse();
    assert_nothing_alive();
}

static void aligned_names_make_aligned_blocks(void **state)
{
    struct shape *shape = MALLOC_STRUCT_CL(shape);
    struct shape *zero = CALLOC_STRUCT_CL(shape);
    char *block = align_malloc(100, 256);
    char *clear = align_calloc(100, 4096);
    (void)state;
    witness_begin();
    assert_int_equal((uintptr_t)shape % 64, 0);
    assert_int_equal((uintptr_t)zero % 64, 0);
    assert_true(is_zero(zero, sizeof *zero));
    assert_int_equal((uintptr_t)block % 256, 0);
    assert_int_equal((uintptr_t)clear % 4096, 0);
    assert_true(is_zero(clear, 100));
    memcpy(block, "123456789", 10);
    block = align_realloc(block, 100, 9000, 256);
    assert_int_equal((uintptr_t)block % 256, 0);
    assert_string_equal(block, "123456789");
    assert_int_equal(trackmem_size(block), 9000);
    align_free(block);
    align_free(clear);
    align_free(NULL);
    FREE_CL(zero);
    FREE_CL(shape);
    assert_no_misuse();
    assert_nothing_alive();
}

static void mixing_the_two_is_named(void **state)
{
    char *aligned = align_malloc(100, 64);
    char *plain = MALLOC(100);
    (void)state;
    witness_begin();
    FREE(hidden(aligned));
    assert_misuse(TRACKMEM_MISUSE_MISMATCHED_FAMILY);
    assert_non_null(strstr(witness.here, "mesa_test.c"));
    assert_non_null(strstr(witness.allocated, "mesa_test.c"));
    witness_begin();
    align_free(hidden(plain));
    assert_misuse(TRACKMEM_MISUSE_MISMATCHED_FAMILY);
    align_free(aligned);
    FREE(plain);
    assert_nothing_alive();
}

static void texts_are_copied_and_printed(void **state)
{
    char *copy = STRDUP("shader");
    char *part = STRNDUP("shader", 3);
    char *printed = NULL;
    (void)state;
    assert_string_equal(copy, "shader");
    assert_string_equal(part, "sha");
    assert_int_equal(ASPRINTF(&printed, "%s %d", copy, 5), 8);
    assert_string_equal(printed, "shader 5");
    FREE(printed);
    FREE(part);
    FREE(copy);
    assert_nothing_alive();
}

static int print(char **out, const char *format, ...) TRACKMEM_PRINTF_(2, 3);
static int print(char **out, const char *format, ...)
{
    va_list arguments;
    int length;
    va_start(arguments, format);
    length = VASPRINTF(out, format, arguments);
    va_end(arguments);
    return length;
}

static void vasprintf_prints(void **state)
{
    char *printed = NULL;
    (void)state;
    assert_int_equal(print(&printed, "%d", 1234), 4);
    assert_string_equal(printed, "1234");
    FREE(printed);
    assert_nothing_alive();
}

static void what_cannot_be_is_null(void **state)
{
    char *block = MALLOC(10);
    (void)state;
    witness_begin();
    assert_null(CALLOC(hidden_size(SIZE_MAX / 2), 3));
    assert_null(CALLOC_VARIANT_LENGTH_STRUCT(shape, hidden_size(SIZE_MAX - 3)));
    assert_null(align_malloc(10, 48));
    assert_null(align_calloc(hidden_size(SIZE_MAX), 64));
    assert_null(REALLOC(block, 10, hidden_size(SIZE_MAX)));
    assert_int_equal(trackmem_size(block), 10);
    FREE(block);
    assert_no_misuse();
    assert_nothing_alive();
}

static void a_window_tells_what_is_alive_at_its_end(void **state)
{
    unsigned long outer;
    unsigned long inner;
    void *before = MALLOC(1000);
    void *kept;
    (void)state;
    outer = debug_memory_begin();
    FREE(MALLOC(10));
    kept = MALLOC(200);
    inner = debug_memory_begin();
    assert_true(outer != 0 && inner != 0 && inner != outer);
    witness_begin();
    debug_memory_end(inner);
    assert_no_misuse();
    debug_memory_end(outer);
    assert_misuse(TRACKMEM_MISUSE_WINDOW_LEAK);
    assert_string_equal(witness.id, "window-leak");
    assert_non_null(strstr(witness.text, "1 block, 200 B"));
    assert_non_null(strstr(witness.text, "mesa_test.c"));
    witness_begin();
    debug_memory_end(outer);
    debug_memory_end(0);
    debug_memory_end(17);
    assert_no_misuse();
    FREE(kept);
    FREE(before);
    assert_nothing_alive();
}

static void sixteen_windows_are_open_at_most(void **state)
{
    unsigned long windows[16];
    (void)state;
    for (int i = 0; i < 16; i++) {
        windows[i] = debug_memory_begin();
        assert_true(windows[i] != 0);
    }
    assert_true(debug_memory_begin() == 0);
    debug_memory_end(windows[3]);
    windows[3] = debug_memory_begin();
    assert_true(windows[3] != 0);
    for (int i = 0; i < 16; i++)
        debug_memory_end(windows[i]);
}

static void a_tag_moves_a_block_to_a_domain_of_its_own(void **state)
{
    void *block = MALLOC(10);
    struct trackmem_stats stats;
    (void)state;
    witness_begin();
    debug_memory_tag(block, 5);
    assert_string_equal(trackmem_domain_of(block)->name, "tag 5");
    debug_memory_tag(block, 12);
    assert_true(trackmem_domain_same(trackmem_domain_of(block), trackmem_domain_find("tag 12")));
    assert_int_equal(trackmem_domain_stats(trackmem_domain_find("tag 5"), true, &stats),
                     TRACKMEM_OK);
    assert_int_equal(stats.live_blocks, 0);
    debug_memory_tag(NULL, 5);
    assert_no_misuse();
    debug_memory_tag((char *)block + 16, 5);
    assert_misuse(TRACKMEM_MISUSE_FOREIGN_POINTER);
    FREE(block);
    assert_nothing_alive();
}

TMI_READS_ANYTHING static void checks_find_damaged_headers(void **state)
{
    char *small = MALLOC(10);
    char *large = MALLOC(100000);
    char kept;
    (void)state;
    witness_begin();
    debug_memory_check_block(small);
    debug_memory_check_block(large);
    debug_memory_check_block(NULL);
    debug_memory_check();
    assert_no_misuse();
    debug_memory_check_block(small + 3);
    assert_int_equal(witness.count, 1);
    witness_begin();
    kept = ((char *)hidden(large))[-3];
    ((char *)hidden(large))[-3] = (char)~kept;
    debug_memory_check_block(large);
    assert_misuse(TRACKMEM_MISUSE_DAMAGED_HEADER);
    witness_begin();
    debug_memory_check();
    assert_misuse(TRACKMEM_MISUSE_DAMAGED_HEADER);
    assert_string_equal(witness.verb, "debug_memory_check");
    ((char *)hidden(large))[-3] = kept;
    FREE(large);
    FREE(small);
    assert_nothing_alive();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_names_make_plain_blocks),
        cmocka_unit_test(aligned_names_make_aligned_blocks),
        cmocka_unit_test(mixing_the_two_is_named),
        cmocka_unit_test(texts_are_copied_and_printed),
        cmocka_unit_test(vasprintf_prints),
        cmocka_unit_test(what_cannot_be_is_null),
        cmocka_unit_test(a_window_tells_what_is_alive_at_its_end),
        cmocka_unit_test(sixteen_windows_are_open_at_most),
        cmocka_unit_test(a_tag_moves_a_block_to_a_domain_of_its_own),
        cmocka_unit_test(checks_find_damaged_headers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
