/*
 * A build with TRACKMEM_DISABLE, without the library: the verbs are the C library's and keep what
 * their contract says of sizes; all that counts and reports is a stub. Compiled as C and as C++.
 */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#ifdef __cplusplus
#define AS(type, value) static_cast<type>(value)
#else
#define AS(type, value) ((type)(value))
#endif

/* A failed realloc leaves the block: gcc sees the two only. */
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ >= 12
#pragma GCC diagnostic ignored "-Wuse-after-free"
#endif

#include <trackmem/backend.h>
#include <trackmem/fail.h>
#include <trackmem/plugin.h>
#include <trackmem/text.h>
#include <trackmem/trackmem_test.h>

static TRACKMEM_DEFINE_DOMAIN(shelf, "shelf", NULL);

/* The compiler must not know the sizes. */
static volatile size_t none = 0;
static volatile size_t most = SIZE_MAX;

/* Nor leave out an allocation because nobody uses it. */
static void *volatile seen;
#define assert_refused(call) \
    do {                     \
        seen = (call);       \
        assert_null(seen);   \
    } while (0)

static void size_0_gives_a_block_of_its_own(void **state)
{
    void *blocks[] = { trackmem_malloc(none),
                       trackmem_malloc_in(&shelf, none),
                       trackmem_calloc(none, 5),
                       trackmem_calloc(5, none),
                       trackmem_realloc(NULL, none),
                       trackmem_realloc(trackmem_malloc(100), none),
                       trackmem_reallocarray(trackmem_malloc(100), none, none),
                       trackmem_memdup(NULL, none) };
    const size_t count = sizeof blocks / sizeof blocks[0];
    void *aligned[] = { trackmem_aligned_alloc(64, none), trackmem_aligned_realloc(NULL, 64, none),
                        trackmem_aligned_realloc(trackmem_aligned_alloc(64, 100), 64, none) };

    (void)state;
    for (size_t i = 0; i < count; i++) {
        assert_non_null(blocks[i]);
        for (size_t k = 0; k < i; k++)
            assert_ptr_not_equal(blocks[i], blocks[k]);
    }
    for (size_t i = 0; i < 3; i++)
        assert_non_null(aligned[i]);
    for (size_t i = 0; i < count; i++)
        trackmem_free(blocks[i]);
    for (size_t i = 0; i < 3; i++)
        trackmem_aligned_free(aligned[i]);
}

static void products_and_sums_that_overflow_give_null(void **state)
{
    char *block = AS(char *, trackmem_malloc(10));

    (void)state;
    memcpy(block, "contents", sizeof "contents");
    assert_refused(trackmem_calloc(most / 2, 3));
    assert_refused(trackmem_reallocarray(NULL, most / 2, 3));
    assert_refused(trackmem_reallocarray(block, most, most));
    assert_refused(trackmem_realloc(block, most));
    assert_refused(trackmem_malloc(most));
    assert_refused(trackmem_aligned_alloc(64, most));
    assert_refused(trackmem_aligned_alloc(most / 2 + 1, most / 2 + 1));
    assert_string_equal(block, "contents");
    trackmem_free(block);
}

static void alignments_of_powers_of_two_hold_and_others_fail(void **state)
{
    (void)state;
    for (size_t alignment = 1; alignment <= 65536; alignment *= 2) {
        char *block = AS(char *, trackmem_aligned_alloc(alignment, alignment + 3));
        assert_non_null(block);
        assert_int_equal((uintptr_t)block % alignment, 0);
        memset(block, 7, alignment + 3);
        trackmem_aligned_free(block);
    }
    assert_null(trackmem_aligned_alloc(none, 5));
    assert_null(trackmem_aligned_alloc(none + 3, 5));
    assert_null(trackmem_aligned_alloc(none + 48, 5));
    assert_null(trackmem_aligned_realloc(NULL, none + 48, 5));
    trackmem_aligned_free(NULL);
}

static void aligned_realloc_keeps_contents_and_the_greater_alignment(void **state)
{
    (void)state;
    for (size_t alignment = 8; alignment <= 4096; alignment *= 2) {
        unsigned char *block = AS(unsigned char *, trackmem_aligned_alloc(alignment, 100));
        for (unsigned i = 0; i < 100; i++)
            block[i] = AS(unsigned char, i);
        for (size_t size = 1000; size > 50; size -= 97) {
            block = AS(unsigned char *, trackmem_aligned_realloc(block, 8, size));
            assert_non_null(block);
            assert_int_equal((uintptr_t)block % alignment, 0);
        }
        for (unsigned i = 0; i < 50; i++)
            assert_int_equal(block[i], i);
        assert_null(trackmem_aligned_realloc(block, none + 3, 100));
        trackmem_aligned_free(block);
    }
}

static void verbs_with_sites_and_domains_are_the_same_verbs(void **state)
{
    struct trackmem_site *site = TRACKMEM_SITE;
    void *(*allocate)(size_t size) = trackmem_malloc;
    void (*release)(void *ptr) = trackmem_free;
    int *number = TRACKMEM_NEW0_IN(&shelf, int);
    void *block;

    (void)state;
    assert_int_equal(*number, 0);
    assert_true(trackmem_size(number) >= sizeof *number);
    assert_int_equal(trackmem_size(NULL), 0);
    trackmem_free_sized(number, sizeof *number);
    block = trackmem_malloc_in_at(site, &shelf, 10);
    block = trackmem_realloc_in_at(site, &shelf, block, 20);
    trackmem_free_at(trackmem_site_at(__FILE__, __LINE__, __func__, &shelf), block);
    release(allocate(5));
    block = trackmem_libc_malloc(5);
    assert_int_equal(trackmem_adopt(block, 5), TRACKMEM_OK);
    assert_int_equal(trackmem_adopt(NULL, 5), TRACKMEM_INVALID);
    trackmem_libc_free(trackmem_export(block));
    trackmem_trim();
}

static void families_allocate_and_free(void **state)
{
    const struct trackmem_family_info info = { "arena", NULL, "arena_free" };
    trackmem_family family = trackmem_family_register(&info);
    void *block;

    (void)state;
    assert_int_not_equal(family, TRACKMEM_FAMILY_NONE);
    block = trackmem_family_malloc(family, &shelf, 0, 10);
    block = trackmem_family_realloc(family, block, 256, 2000);
    assert_int_equal((uintptr_t)block % 256, 0);
    trackmem_family_free(family, block);
    assert_string_equal(trackmem_family_name(TRACKMEM_FAMILY_ALIGNED), "aligned");
}

static void texts_are_copied_and_printed(void **state)
{
    char *text = trackmem_strdup("a text");
    char *part = trackmem_strndup_in(&shelf, text, 3);
    char *rest = trackmem_strndup(text, most / 2);
    char *printed = NULL;

    (void)state;
    assert_string_equal(text, "a text");
    assert_string_equal(part, "a t");
    assert_string_equal(rest, "a text");
    assert_int_equal(trackmem_asprintf(&printed, "%d %s", 42, text), 9);
    assert_string_equal(printed, "42 a text");
    trackmem_free(printed);
    assert_int_equal(trackmem_asprintf_in(&shelf, &printed, "%500d", 1), 500);
    assert_int_equal(strlen(printed), 500);
    trackmem_free(printed);
    trackmem_free(rest);
    trackmem_free(part);
    trackmem_free(text);
}

static bool never(const struct trackmem_site_stats *site, void *user)
{
    (void)site;
    (void)user;
    fail();
    return false;
}

static uint64_t scenario(void *user)
{
    (void)user;
    fail();
    return 1;
}

static void what_counts_says_that_it_does_not(void **state)
{
    struct trackmem_domain *domain = trackmem_domain_create(&shelf, "one");
    struct trackmem_window *window = trackmem_begin();
    struct trackmem_sweep sweep;
    struct trackmem_sweep_result result;
    struct trackmem_stats stats;
    void *block = trackmem_malloc_in(domain, 100);

    (void)state;
    memset(&sweep, 0, sizeof sweep);
    sweep.scenario = scenario;
    assert_non_null(domain);
    assert_null(trackmem_domain_create(NULL, "a/b"));
    assert_non_null(window);
    assert_int_equal(trackmem_end(window, never, NULL), 0);
    assert_int_equal(trackmem_domain_push(domain), TRACKMEM_OK);
    assert_int_equal(trackmem_transfer(block, &shelf), TRACKMEM_OK);
    assert_int_equal(trackmem_domain_pop(), TRACKMEM_OK);
    assert_int_equal(trackmem_domain_stats(domain, true, &stats), TRACKMEM_UNSUPPORTED);
    assert_int_equal(stats.live_bytes, 0);
    assert_int_equal(trackmem_domain_set_budget(domain, 0, 50, NULL, NULL), TRACKMEM_UNSUPPORTED);
    assert_int_equal(trackmem_fail_set("nth:1"), TRACKMEM_UNSUPPORTED);
    assert_int_equal(trackmem_set_options("report=exit"), TRACKMEM_UNSUPPORTED);
    assert_int_equal(trackmem_set_backend(trackmem_backend_libc()), TRACKMEM_UNSUPPORTED);
    assert_int_equal(trackmem_sweep_run(&sweep, &result), TRACKMEM_UNSUPPORTED);
    trackmem_visit_sites(never, NULL);
    assert_int_equal(trackmem_misuse_count(), 0);
    trackmem_free(block);
    assert_int_equal(trackmem_domain_destroy(domain), TRACKMEM_OK);
}

static void reports_say_that_they_are_disabled(void **state)
{
    FILE *file = tmpfile();
    char text[200] = "";

    (void)state;
    assert_non_null(file);
    assert_int_equal(trackmem_report(fileno(file), TRACKMEM_FORMAT_TEXT), TRACKMEM_OK);
    rewind(file);
    assert_true(fread(text, 1, sizeof text - 1, file) > 0);
    assert_non_null(strstr(text, "disabled in this build (TRACKMEM_DISABLE)"));
    (void)fclose(file);
    assert_int_equal(trackmem_report(-1, TRACKMEM_FORMAT_JSON), TRACKMEM_IO_ERROR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(size_0_gives_a_block_of_its_own),
        cmocka_unit_test(products_and_sums_that_overflow_give_null),
        cmocka_unit_test(alignments_of_powers_of_two_hold_and_others_fail),
        cmocka_unit_test(aligned_realloc_keeps_contents_and_the_greater_alignment),
        cmocka_unit_test(verbs_with_sites_and_domains_are_the_same_verbs),
        cmocka_unit_test(families_allocate_and_free),
        cmocka_unit_test(texts_are_copied_and_printed),
        cmocka_unit_test(what_counts_says_that_it_does_not),
        cmocka_unit_test(reports_say_that_they_are_disabled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
