/*
 * trackmem/fail.h: which allocations fail on purpose, and that such a failure is a refusal.
 */
#include "unit.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include <trackmem/fail.h>
#include <trackmem/observe.h>
#include <trackmem/text.h>

static TRACKMEM_DEFINE_DOMAIN(works, "works", NULL);
static TRACKMEM_DEFINE_DOMAIN(press, "press", &works);

static struct trackmem_stats stats_of(struct trackmem_domain *domain)
{
    struct trackmem_stats stats;
    assert_int_equal(trackmem_domain_stats(domain, true, &stats), TRACKMEM_OK);
    return stats;
}

static int off(void **state)
{
    (void)state;
    trackmem_fail_off();
    assert_int_equal(stats_of(NULL).live_blocks, 0);
    return 0;
}

/* '.' for each allocation that is served, 'x' for one that fails. */
static const char *pattern(const char *rule, size_t count)
{
    static char text[1001];
    assert_in_range(count, 0, 1000);
    assert_int_equal(trackmem_fail_set(rule), TRACKMEM_OK);
    for (size_t i = 0; i < count; i++) {
        void *block = trackmem_malloc_in(&press, 10);
        text[i] = block != NULL ? '.' : 'x';
        trackmem_free(block);
    }
    text[count] = '\0';
    trackmem_fail_off();
    return text;
}

static void rules_choose_by_number(void **state)
{
    (void)state;
    assert_string_equal(pattern("nth:3", 8), "..x.....");
    assert_string_equal(pattern("after:3", 8), "...xxxxx");
    assert_string_equal(pattern("after:0", 3), "xxx");
    assert_string_equal(pattern("every:3", 8), "..x..x..");
    assert_string_equal(pattern("every:1", 3), "xxx");
    assert_string_equal(pattern("nth:1K", 8), "........");
    assert_string_equal(pattern("", 3), "...");
}

static void a_rate_repeats_with_its_seed(void **state)
{
    (void)state;
    char first[1001];
    size_t failed = 0;
    memcpy(first, pattern("rate:0.25", 1000), sizeof first);
    for (size_t i = 0; i < 1000; i++)
        failed += first[i] == 'x';
    assert_in_range(failed, 200, 300);
    assert_string_equal(pattern("rate:25%,seed:0", 1000), first);
    assert_string_not_equal(pattern("rate:25%,seed:1", 1000), first);
    memcpy(first, pattern("rate:25%,seed:1", 1000), sizeof first);
    assert_string_equal(pattern("rate:0.25:1", 1000), first);
    assert_string_equal(pattern("rate:1", 3), "xxx");
    assert_string_equal(pattern("rate:0", 3), "...");
}

static void filters_choose_by_domain_and_site(void **state)
{
    (void)state;
    assert_string_equal(pattern("domain:works", 3), "xxx");
    assert_string_equal(pattern("domain:press", 3), "xxx");
    assert_string_equal(pattern("domain:works/press+nth:2", 3), ".x.");
    assert_string_equal(pattern("domain:press/works", 3), "...");
    assert_string_equal(pattern("domain:ress", 3), "...");
    assert_string_equal(pattern("site:fail_test.c", 2), "xx");
    assert_string_equal(pattern("site:unit/fail_test.c", 2), "xx");
    assert_string_equal(pattern("site:ail_test.c", 2), "..");
    assert_string_equal(pattern("site:fail_test.c:1", 2), "..");
    unsigned line = 0;
    char rule[64];
    assert_int_equal(trackmem_fail_set("site:fail_test.c"), TRACKMEM_OK);
    assert_null(trackmem_malloc(1));
    line = __LINE__;
    snprintf(rule, sizeof rule, "nth:2,site:fail_test.c:%u", line + 4);
    assert_int_equal(trackmem_fail_set(rule), TRACKMEM_OK);
    for (int i = 0; i < 3; i++) {
        void *block = trackmem_malloc(1); /* the line that is meant */
        void *other = trackmem_malloc(1);
        assert_true((block == NULL) == (i == 1));
        assert_non_null(other);
        trackmem_free(block);
        trackmem_free(other);
    }
    assert_int_equal(trackmem_fail_count(), 3);
    assert_int_equal(trackmem_fail_injected(), 1);
}

static void bad_rules_change_nothing(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "nth",   "nth:",   "nth:0",   "nth:x",   "every:0",       "rate:2",         "rate:-1",
        "rate:", "rate:%", "often:3", "domain:", "nth:1,every:2", "nth:1;domain:a", "seed:x"
    };
    assert_int_equal(trackmem_fail_set("after:0"), TRACKMEM_OK);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(trackmem_fail_set(bad[i]), TRACKMEM_INVALID);
    assert_null(trackmem_malloc(1));
    assert_int_equal(trackmem_set_options("fail=nth:2,domain:works,top=7"), TRACKMEM_OK);
    assert_int_equal(trackmem_set_options("fail=nth:2,top"), TRACKMEM_INVALID);
    void *block = trackmem_malloc_in(&press, 1);
    assert_non_null(block);
    assert_null(trackmem_malloc_in(&press, 1));
    trackmem_free(block);
}

static void every_verb_fails_and_charges_nothing(void **state)
{
    (void)state;
    struct trackmem_stats before = stats_of(NULL);
    char *text = NULL;
    void *foreign = trackmem_libc_malloc(10);
    assert_int_equal(trackmem_fail_set("after:0"), TRACKMEM_OK);
    assert_null(trackmem_malloc(1));
    assert_null(trackmem_malloc_in(&press, 1));
    assert_null(trackmem_calloc(1, 1));
    assert_null(trackmem_realloc(NULL, 1));
    assert_null(trackmem_reallocarray(NULL, 1, 1));
    assert_null(trackmem_aligned_alloc(64, 1));
    assert_null(trackmem_memdup("a", 1));
    assert_null(trackmem_strdup("a"));
    assert_int_equal(trackmem_asprintf(&text, "a"), -1);
    assert_int_equal(trackmem_adopt(foreign, 10), TRACKMEM_OUT_OF_MEMORY);
    assert_int_equal(trackmem_fail_injected(), 10);
    trackmem_fail_off();
    trackmem_libc_free(foreign);
    struct trackmem_stats after = stats_of(NULL);
    assert_int_equal(after.charged_bytes, before.charged_bytes);
    assert_int_equal(after.total_blocks, before.total_blocks);
    assert_int_equal(after.failures, before.failures);
    assert_int_equal(after.injected, before.injected + 10);
}

static void a_failed_resize_or_export_leaves_the_block(void **state)
{
    (void)state;
    static const size_t sizes[] = { 10, 1000, 100000 };
    for (size_t i = 0; i < 3; i++) {
        char *block = trackmem_malloc_in(&press, sizes[i]);
        memset(block, 5, sizes[i]);
        assert_int_equal(trackmem_fail_next(1), TRACKMEM_OK);
        assert_null(trackmem_realloc(block, 2 * sizes[i]));
        assert_int_equal(trackmem_fail_next(1), TRACKMEM_OK);
        assert_null(trackmem_realloc(block, sizes[i] / 2));
        assert_int_equal(trackmem_fail_next(1), TRACKMEM_OK);
        assert_null(trackmem_export(block));
        assert_int_equal(block[sizes[i] - 1], 5);
        assert_int_equal(trackmem_size(block), sizes[i]);
        assert_int_equal(stats_of(&press).live_bytes, sizes[i]);
        trackmem_free(block);
    }
}

static void the_next_one_fails_once_and_can_be_taken_back(void **state)
{
    (void)state;
    assert_int_equal(trackmem_fail_next(2), TRACKMEM_OK);
    void *block = trackmem_malloc(1);
    assert_non_null(block);
    assert_null(trackmem_malloc(1));
    trackmem_free(block);
    trackmem_free(trackmem_malloc(1));
    assert_int_equal(trackmem_fail_next(1), TRACKMEM_OK);
    assert_int_equal(trackmem_fail_next(0), TRACKMEM_OK);
    block = trackmem_malloc(1);
    assert_non_null(block);
    trackmem_free(block);
}

static void benign_sections_are_neither_failed_nor_counted(void **state)
{
    (void)state;
    assert_int_equal(trackmem_fail_set("after:0"), TRACKMEM_OK);
    trackmem_fail_benign_begin();
    trackmem_fail_benign_begin();
    void *first = trackmem_malloc(1);
    trackmem_fail_benign_end();
    void *second = trackmem_malloc(1);
    trackmem_fail_benign_end();
    assert_null(trackmem_malloc(1));
    assert_non_null(first);
    assert_non_null(second);
    assert_int_equal(trackmem_fail_count(), 1);
    trackmem_free(first);
    trackmem_free(second);
    trackmem_fail_benign_end(); /* one too many does no harm */
    assert_null(trackmem_malloc(1));
}

static void *allocate_in_thread(void *result)
{
    *(void **)result = trackmem_malloc(1);
    return NULL;
}

static void threads_are_failed_by_the_rule_but_not_by_anothers_next(void **state)
{
    (void)state;
    pthread_t thread;
    void *block = NULL;
    assert_int_equal(trackmem_fail_next(1), TRACKMEM_OK);
    pthread_create(&thread, NULL, allocate_in_thread, &block);
    pthread_join(thread, NULL);
    assert_non_null(block);
    trackmem_free(block);
    assert_int_equal(trackmem_fail_next(0), TRACKMEM_OK);
    trackmem_fail_benign_begin(); /* this thread's own */
    assert_int_equal(trackmem_fail_set("nth:1"), TRACKMEM_OK);
    pthread_create(&thread, NULL, allocate_in_thread, &block);
    pthread_join(thread, NULL);
    trackmem_fail_benign_end();
    assert_null(block);
}

static bool find_refused(const struct trackmem_site_stats *site, void *user)
{
    struct trackmem_site_stats *found = user;
    if (site->domain != NULL && trackmem_domain_same(site->domain, &press) &&
        site->place.line == found->place.line)
        *found = *site;
    return true;
}

static void the_site_that_was_refused_is_told_with_the_reason(void **state)
{
    (void)state;
    if (trackmem_domain_set_budget(&works, 0, 0, NULL, NULL) != TRACKMEM_OK)
        skip();
    struct trackmem_site_stats site = { .place = { .line = __LINE__ + 7 } };
    for (int reason = 0; reason < 3; reason++) {
        size_t size = reason == 2 ? SIZE_MAX / 2 : 100;
        if (reason == 0)
            assert_int_equal(trackmem_fail_set("nth:1"), TRACKMEM_OK);
        if (reason == 1)
            assert_int_equal(trackmem_domain_set_budget(&works, 0, 1, NULL, NULL), TRACKMEM_OK);
        assert_null(trackmem_malloc_in(&press, size));
        trackmem_fail_off();
        assert_int_equal(trackmem_domain_set_budget(&works, 0, 0, NULL, NULL), TRACKMEM_OK);
    }
    trackmem_visit_sites(find_refused, &site);
    assert_int_equal(site.injected, 1);
    assert_int_equal(site.refused_by_budget, 1);
    assert_int_equal(site.refused_by_backend, 1);
    assert_int_equal(site.total_blocks, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(rules_choose_by_number, off),
        cmocka_unit_test_teardown(a_rate_repeats_with_its_seed, off),
        cmocka_unit_test_teardown(filters_choose_by_domain_and_site, off),
        cmocka_unit_test_teardown(bad_rules_change_nothing, off),
        cmocka_unit_test_teardown(every_verb_fails_and_charges_nothing, off),
        cmocka_unit_test_teardown(a_failed_resize_or_export_leaves_the_block, off),
        cmocka_unit_test_teardown(the_next_one_fails_once_and_can_be_taken_back, off),
        cmocka_unit_test_teardown(benign_sections_are_neither_failed_nor_counted, off),
        cmocka_unit_test_teardown(threads_are_failed_by_the_rule_but_not_by_anothers_next, off),
        cmocka_unit_test_teardown(the_site_that_was_refused_is_told_with_the_reason, off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
