/*
 * Budgets, one thread: what counts, what is refused, when functions are called, and the option.
 */
#include "unit.h"

#include <string.h>

#include <trackmem/observe.h>

#include "without_budgets.h"
#include "witness.h"

static TRACKMEM_DEFINE_DOMAIN(shop, "shop", NULL);
static TRACKMEM_DEFINE_DOMAIN(shelf, "shelf", &shop);
static TRACKMEM_DEFINE_DOMAIN(drawer, "drawer", &shop);

static struct {
    unsigned soft;
    unsigned reclaim;
    size_t requested;
    struct trackmem_domain *domain;
    void *cache[4];
} seen;

static void limit(struct trackmem_domain *domain, size_t soft, size_t hard, trackmem_budget_fn *fn)
{
    assert_int_equal(trackmem_domain_set_budget(domain, soft, hard, fn, &seen), TRACKMEM_OK);
}

static void note(struct trackmem_domain *domain, enum trackmem_budget_event event, size_t requested,
                 void *user)
{
    assert_ptr_equal(user, &seen);
    seen.soft += event == TRACKMEM_BUDGET_SOFT;
    seen.reclaim += event == TRACKMEM_BUDGET_RECLAIM;
    seen.requested = requested;
    seen.domain = domain;
}

static void free_cache(struct trackmem_domain *domain, enum trackmem_budget_event event,
                       size_t requested, void *user)
{
    note(domain, event, requested, user);
    for (size_t i = 0; event == TRACKMEM_BUDGET_RECLAIM && i < 4; i++) {
        trackmem_free(seen.cache[i]);
        seen.cache[i] = NULL;
    }
}

static int start(void **state)
{
    (void)state;
    memset(&seen, 0, sizeof seen);
    return 0;
}

static int end(void **state)
{
    (void)state;
    limit(&shop, 0, 0, NULL);
    limit(&shelf, 0, 0, NULL);
    limit(&drawer, 0, 0, NULL);
    assert_int_equal(stats_of(&shop, true).live_blocks, 0);
    assert_int_equal(stats_of(&shop, true).charged_bytes, 0);
    return 0;
}

static void the_last_byte_fits_and_one_more_does_not(void **state)
{
    (void)state;
    limit(&shop, 0, 1000 + 16, NULL);
    void *block = trackmem_malloc_in(&shelf, 1000);
    assert_non_null(block);
    assert_null(trackmem_malloc_in(&drawer, 0));
    assert_int_equal(stats_of(&shop, true).charged_bytes, 1016);
    assert_int_equal(stats_of(&shop, true).hard_bytes, 1016);
    assert_int_equal(stats_of(&shop, true).refused, 1);
    assert_int_equal(stats_of(&drawer, true).failures, 1);
    assert_int_equal(stats_of(&drawer, true).refused, 0); /* it has no limit of its own */
    trackmem_free(block);
    assert_null(trackmem_malloc_in(&drawer, 1001));
    trackmem_free(trackmem_malloc_in(&drawer, 1000));
}

static void aligned_blocks_count_with_their_pad_and_adopted_ones_without_header(void **state)
{
    (void)state;
    void *adopted = trackmem_libc_malloc(100);
    limit(&shop, 0, 4096 + 256 + 16, NULL);
    assert_null(trackmem_aligned_alloc_in(&shelf, 256, 4097));
    void *block = trackmem_aligned_alloc_in(&shelf, 256, 4096);
    assert_non_null(block);
    trackmem_aligned_free(block);
    limit(&shop, 0, 100, NULL);
    (void)trackmem_domain_push(&shelf);
    assert_int_equal(trackmem_adopt(adopted, 100), TRACKMEM_OK);
    (void)trackmem_domain_pop();
    assert_int_equal(stats_of(&shop, true).charged_bytes, 100);
    assert_null(trackmem_realloc(adopted, 101));
    trackmem_free(adopted);
}

static void a_budget_below_what_lives_refuses_until_enough_is_freed(void **state)
{
    (void)state;
    void *blocks[3];
    for (size_t i = 0; i < 3; i++)
        blocks[i] = trackmem_malloc_in(&shelf, 984);
    limit(&shop, 0, 2000, NULL);
    assert_null(trackmem_malloc_in(&drawer, 1));
    trackmem_free(blocks[0]);
    assert_null(trackmem_malloc_in(&drawer, 1));
    assert_null(trackmem_realloc(blocks[1], 985));
    trackmem_free(blocks[1]);
    trackmem_free(trackmem_malloc_in(&drawer, 984));
    trackmem_free(blocks[2]);
}

/* What one thread frees below 32 KiB goes unnoticed else. */
static void what_is_freed_above_a_lowered_limit_is_not_for_new_blocks(void **state)
{
    (void)state;
    void *large = trackmem_malloc_in(&shelf, 80000);
    void *small = trackmem_malloc_in(&shelf, 20000);
    limit(&shop, 0, 50000, NULL);
    trackmem_free(small);
    assert_null(trackmem_malloc_in(&shelf, 15000));
    assert_null(trackmem_malloc_in(&drawer, 1));
    assert_int_equal(stats_of(&shop, true).charged_bytes, 80016);
    trackmem_free(large);
    trackmem_free(trackmem_malloc_in(&shelf, 49984));
}

static void a_refused_resize_leaves_the_block_and_its_charge(void **state)
{
    (void)state;
    char *block = trackmem_malloc_in(&shelf, 100000);
    memset(block, 7, 100000);
    limit(&shop, 0, 150000, note);
    assert_null(trackmem_realloc(block, 200000));
    assert_int_equal(seen.reclaim, 1); /* asked once */
    assert_int_equal(block[99999], 7);
    assert_int_equal(trackmem_size(block), 100000);
    assert_int_equal(stats_of(&shop, true).charged_bytes, 100016);
    block = trackmem_realloc(block, 150000 - 16);
    assert_non_null(block);
    block = trackmem_realloc(block, 10);
    assert_int_equal(stats_of(&shop, true).charged_bytes, 26);
    trackmem_free(block);
}

static void a_full_budget_lets_blocks_move_within(void **state)
{
    (void)state;
    void *block = trackmem_malloc_in(&shelf, 984);
    limit(&shop, 0, 1000, NULL);
    assert_int_equal(trackmem_transfer(block, &drawer), TRACKMEM_OK);
    assert_int_equal(stats_of(&drawer, true).charged_bytes, 1000);
    assert_int_equal(stats_of(&shelf, true).charged_bytes, 0);
    assert_int_equal(trackmem_transfer(block, &shop), TRACKMEM_OK);
    assert_int_equal(trackmem_transfer(block, &shop), TRACKMEM_OK);
    limit(&shelf, 0, 999, NULL);
    assert_int_equal(trackmem_transfer(block, &shelf), TRACKMEM_OUT_OF_MEMORY);
    assert_int_equal(stats_of(&shop, true).charged_bytes, 1000);
    assert_int_equal(stats_of(&shelf, true).charged_bytes, 0);
    assert_int_equal(trackmem_transfer(block, NULL), TRACKMEM_OK);
    assert_int_equal(stats_of(&shop, true).charged_bytes, 0);
    assert_null(trackmem_malloc_in(&shelf, 984));
    assert_int_equal(trackmem_transfer(block, &drawer), TRACKMEM_OK);
    trackmem_free(block);
}

/* What the domain's thread holds in advance is none of what it holds. */
static void credit_is_in_the_way_of_no_transfer(void **state)
{
    (void)state;
    void *block = trackmem_malloc_in(&shelf, 3000);
    limit(&shelf, 0, 1 << 20, NULL);
    limit(&drawer, 0, 6000, NULL);
    trackmem_free(trackmem_malloc_in(&drawer, 4000));
    assert_int_equal(trackmem_transfer(block, &drawer), TRACKMEM_OK);
    assert_int_equal(trackmem_transfer(block, &shelf), TRACKMEM_OK);
    limit(&drawer, 18000, 0, note);
    trackmem_free(trackmem_malloc_in(&drawer, 10));
    assert_int_equal(trackmem_transfer(block, &drawer), TRACKMEM_OK);
    assert_int_equal(seen.soft, 0);
    trackmem_free(block);
}

/* It is asked to free what it can, and does not know that a verb is at the block. */
static void a_function_that_frees_the_block_in_question_is_told_of(void **state)
{
    static const size_t sizes[] = { 200, 1000 }; /* kept by the thread: no header is gone */
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        size_t size = sizes[i / 2];
        void *block = trackmem_malloc_in(&shelf, size);
        witness_begin();
        seen.cache[0] = block;
        seen.cache[1] = trackmem_malloc_in(&drawer, size);
        if (i % 2 == 0) {
            limit(&drawer, 0, size + 100, free_cache);
            assert_int_equal(trackmem_transfer(hidden(block), &drawer), TRACKMEM_NOT_OURS);
            limit(&drawer, 0, 0, NULL);
        } else {
            limit(&shop, 0, 2 * size + 100, free_cache);
            assert_null(trackmem_realloc(hidden(block), size + 500));
            limit(&shop, 0, 0, NULL);
        }
        assert_int_equal(witness.count, 1);
        assert_int_equal(stats_of(&shop, true).live_bytes, 0);
        assert_int_equal(stats_of(&shop, true).charged_bytes, 0);
    }
}

static void a_soft_limit_is_told_once_for_each_crossing(void **state)
{
    (void)state;
    limit(&shop, 1000, 0, note);
    for (unsigned round = 1; round <= 100; round++) {
        void *first = trackmem_malloc_in(&shelf, 500);
        assert_int_equal(seen.soft, round - 1);
        void *second = trackmem_malloc_in(&drawer, 500);
        assert_int_equal(seen.soft, round);
        assert_int_equal(seen.requested, 516);
        assert_true(trackmem_domain_same(seen.domain, &shop));
        void *third = trackmem_malloc_in(&drawer, 500);
        assert_int_equal(seen.soft, round);
        trackmem_free(third);
        trackmem_free(second);
        if (round % 2 == 0)
            trackmem_free(first);
        else
            trackmem_free(trackmem_realloc(first, 1));
    }
    assert_int_equal(seen.reclaim, 0);
}

static void an_ancestors_soft_limit_is_told_too(void **state)
{
    (void)state;
    limit(&shop, 1000, 0, note);
    limit(&shelf, 500, 0, note);
    void *block = trackmem_malloc_in(&shelf, 2000);
    assert_int_equal(seen.soft, 2);
    trackmem_free(block);
}

static void before_a_refusal_the_function_may_free(void **state)
{
    (void)state;
    uint64_t refused = stats_of(&shop, true).refused;
    limit(&shop, 0, 4 * 1016, free_cache);
    for (size_t i = 0; i < 4; i++)
        seen.cache[i] = trackmem_malloc_in(&shelf, 1000);
    assert_int_equal(seen.reclaim, 0);
    void *block = trackmem_malloc_in(&drawer, 4000);
    assert_non_null(block);
    assert_int_equal(seen.reclaim, 1);
    assert_int_equal(seen.requested, 4016);
    assert_int_equal(stats_of(&shop, true).refused, refused);
    trackmem_free(block);
}

static void each_limit_in_the_way_is_asked(void **state)
{
    (void)state;
    limit(&shop, 0, 4 * 1016, free_cache);
    limit(&shelf, 0, 2000, note);
    for (size_t i = 0; i < 4; i++)
        seen.cache[i] = trackmem_malloc_in(&drawer, 1000);
    void *block = trackmem_malloc_in(&shelf, 1000);
    assert_non_null(block);
    assert_int_equal(seen.reclaim, 1); /* the shelf has room: the shop is asked, not it */
    assert_null(trackmem_malloc_in(&shelf, 1000));
    assert_true(trackmem_domain_same(seen.domain, &shelf));
    trackmem_free(block);
}

/* Does what it may: allocates beyond the limit, sets budgets, reads statistics, reports. */
static void do_all(struct trackmem_domain *domain, enum trackmem_budget_event event,
                   size_t requested, void *user)
{
    note(domain, event, requested, user);
    assert_null(trackmem_malloc_in(&shelf, 100000));
    trackmem_free(trackmem_malloc_in(&shelf, 8));
    (void)stats_of(&shop, true);
    assert_int_equal(trackmem_report(-1, TRACKMEM_FORMAT_TEXT), TRACKMEM_IO_ERROR);
    limit(&shop, 3000, 4000, do_all);
}

static void a_function_may_do_all_and_is_not_called_from_within(void **state)
{
    (void)state;
    limit(&shop, 1000, 2000, do_all);
    void *block = trackmem_malloc_in(&shelf, 1000);
    assert_int_equal(seen.soft, 1);
    assert_int_equal(seen.reclaim, 0); /* what it asked beyond the limit asked nobody */
    void *other = trackmem_malloc_in(&shelf, 1000);
    assert_non_null(other);
    assert_null(trackmem_malloc_in(&shelf, 4000));
    assert_int_equal(seen.reclaim, 1);
    trackmem_free(block);
    trackmem_free(other);
}

static void the_option_holds_for_domains_that_are_there_and_to_come(void **state)
{
    (void)state;
    assert_int_equal(trackmem_set_options("budget=shop:1000,to come/c++:2K,:1G,top=3"),
                     TRACKMEM_OK);
    assert_int_equal(stats_of(&shop, true).hard_bytes, 1000);
    assert_int_equal(stats_of(NULL, true).hard_bytes, (uint64_t)1 << 30);
    struct trackmem_domain *parent = trackmem_domain_create(NULL, "to come");
    struct trackmem_domain *child = trackmem_domain_create(parent, "c++");
    assert_int_equal(stats_of(parent, true).hard_bytes, 0);
    assert_int_equal(stats_of(child, true).hard_bytes, 2048);
    assert_null(trackmem_malloc_in(child, 2048));
    assert_null(trackmem_malloc_in(&drawer, 1000));
    trackmem_free(trackmem_malloc_in(child, 2032));
    assert_int_equal(trackmem_domain_destroy(child), TRACKMEM_OK);
    assert_int_equal(trackmem_domain_destroy(parent), TRACKMEM_OK);
    limit(NULL, 0, 0, NULL);
}

static void a_bad_budget_option_changes_nothing(void **state)
{
    (void)state;
    assert_int_equal(trackmem_set_options("budget=shop:12+drawer:1x"), TRACKMEM_INVALID);
    assert_int_equal(trackmem_set_options("budget=shop"), TRACKMEM_INVALID);
    assert_int_equal(trackmem_set_options("budget=shop:0"), TRACKMEM_INVALID);
    assert_int_equal(stats_of(&shop, true).hard_bytes, 0);
    assert_int_equal(trackmem_domain_set_budget(&shop, 2, 1, NULL, NULL), TRACKMEM_INVALID);
    assert_int_equal(stats_of(&shop, true).soft_bytes, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_last_byte_fits_and_one_more_does_not, start, end),
        cmocka_unit_test_setup_teardown(
            aligned_blocks_count_with_their_pad_and_adopted_ones_without_header, start, end),
        cmocka_unit_test_setup_teardown(a_budget_below_what_lives_refuses_until_enough_is_freed,
                                        start, end),
        cmocka_unit_test_setup_teardown(what_is_freed_above_a_lowered_limit_is_not_for_new_blocks,
                                        start, end),
        cmocka_unit_test_setup_teardown(credit_is_in_the_way_of_no_transfer, start, end),
        cmocka_unit_test_setup_teardown(a_function_that_frees_the_block_in_question_is_told_of,
                                        start, end),
        cmocka_unit_test_setup_teardown(a_refused_resize_leaves_the_block_and_its_charge, start,
                                        end),
        cmocka_unit_test_setup_teardown(a_full_budget_lets_blocks_move_within, start, end),
        cmocka_unit_test_setup_teardown(a_soft_limit_is_told_once_for_each_crossing, start, end),
        cmocka_unit_test_setup_teardown(an_ancestors_soft_limit_is_told_too, start, end),
        cmocka_unit_test_setup_teardown(before_a_refusal_the_function_may_free, start, end),
        cmocka_unit_test_setup_teardown(each_limit_in_the_way_is_asked, start, end),
        cmocka_unit_test_setup_teardown(a_function_may_do_all_and_is_not_called_from_within, start,
                                        end),
        cmocka_unit_test_setup_teardown(the_option_holds_for_domains_that_are_there_and_to_come,
                                        start, end),
        cmocka_unit_test_setup_teardown(a_bad_budget_option_changes_nothing, start, end),
    };
    SKIP_WITHOUT_BUDGETS();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
