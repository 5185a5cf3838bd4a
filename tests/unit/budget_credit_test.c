/*
 * account/budget.c under threads: nothing is refused for want of bytes that only lie about as
 * credit. Over the C library's backend, so that the hot paths take part.
 */
#define _GNU_SOURCE
#include "unit.h"

#include "budget_crew.h"

#define MIDDLE_HARD ((size_t)512 << 10)
#define LEAF_HARD   ((size_t)128 << 10)

static void set_small_budgets(void)
{
    assert_int_equal(trackmem_domain_set_budget(&summing_middle, 0, MIDDLE_HARD, NULL, NULL),
                     TRACKMEM_OK);
    assert_int_equal(trackmem_domain_set_budget(&summing_leaf, 0, LEAF_HARD, NULL, NULL),
                     TRACKMEM_OK);
}

/* Leaves credit behind, in several domains, and idles. */
static void *leave_credit(void *argument)
{
    uint32_t seed = (uint32_t)(uintptr_t)argument + 1;
    for (int round = 0; round < 200; round++) {
        wait_for_all();
        for (int i = 0; i < 1 + (int)(draw(&seed) % 40); i++)
            trackmem_free(summing_make((enum summing_domain)(1 + draw(&seed) % 3),
                                       summing_size(draw(&seed) % 5000)));
        wait_for_all();
        wait_for_all();
    }
    return NULL;
}

/* Only if all credit is called back is there room for this one. */
static void take_all(void)
{
    for (int round = 0; round < 200; round++) {
        void *all;
        wait_for_all();
        wait_for_all();
        all = summing_make(round % 2 ? SUMMING_OTHER : SUMMING_MIDDLE, MIDDLE_HARD - 16);
        assert_non_null(all);
        assert_null(summing_make(SUMMING_OTHER, 8));
        trackmem_free(all);
        all = summing_make(SUMMING_LEAF, LEAF_HARD - 16);
        assert_non_null(all);
        trackmem_free(all);
        wait_for_all();
    }
}

static void credit_of_idle_threads_is_called_back_before_a_refusal(void **state)
{
    (void)state;
    set_small_budgets();
    pthread_barrier_init(&crew.barrier, NULL, THREADS + 1);
    run(leave_credit, take_all);
    pthread_barrier_destroy(&crew.barrier);
    assert_all_is_back();
    remove_budgets();
}

#define SMALL_BYTES 1000

/* One small block at a time: there always is room for it. */
static void *hold_one(void *argument)
{
    enum summing_domain domain = (enum summing_domain)(1 + (uintptr_t)argument % 3);
    wait_for_all();
    while (!__atomic_load_n(&crew.stop, __ATOMIC_RELAXED)) {
        void *block = summing_make(domain, SMALL_BYTES);
        if (block == NULL)
            __atomic_add_fetch(&crew.refused, 1, __ATOMIC_RELAXED);
        if ((uintptr_t)argument % 2)
            sched_yield();
        trackmem_free(block);
    }
    return NULL;
}

/* What is left when each of the others holds its one block. */
static void take_the_rest(void)
{
    wait_for_all();
    for (int i = 0; i < 5000; i++) {
        void *rest = summing_make(SUMMING_MIDDLE, MIDDLE_HARD - THREADS * (SMALL_BYTES + 16) - 16);
        if (rest == NULL)
            __atomic_add_fetch(&crew.refused, 1, __ATOMIC_RELAXED);
        trackmem_free(rest);
    }
    __atomic_store_n(&crew.stop, true, __ATOMIC_RELAXED);
}

static void nothing_that_fits_is_refused_while_threads_are_at_work(void **state)
{
    (void)state;
    set_small_budgets();
    crew.refused = 0;
    __atomic_store_n(&crew.stop, false, __ATOMIC_RELAXED);
    pthread_barrier_init(&crew.barrier, NULL, THREADS + 1);
    run(hold_one, take_the_rest);
    pthread_barrier_destroy(&crew.barrier);
    assert_int_equal(crew.refused, 0);
    assert_all_is_back();
    remove_budgets();
}

/* Has credit, and asks for what it never can get. */
static void *ask_too_much(void *argument)
{
    (void)argument;
    wait_for_all();
    while (!__atomic_load_n(&crew.stop, __ATOMIC_RELAXED)) {
        trackmem_free(summing_make(SUMMING_OTHER, SMALL_BYTES));
        if (summing_make(SUMMING_OTHER, MIDDLE_HARD) != NULL)
            abort();
    }
    return NULL;
}

static void who_asks_too_much_keeps_nothing_from_others(void **state)
{
    (void)state;
    set_small_budgets();
    crew.refused = 0;
    __atomic_store_n(&crew.stop, false, __ATOMIC_RELAXED);
    pthread_barrier_init(&crew.barrier, NULL, THREADS + 1);
    run(ask_too_much, take_the_rest);
    pthread_barrier_destroy(&crew.barrier);
    assert_int_equal(crew.refused, 0);
    assert_all_is_back();
    remove_budgets();
}

#define LARGE_BYTES ((size_t)100000)

static void *cross_together(void *argument)
{
    (void)argument;
    for (int round = 0; round < 200; round++) {
        void *blocks[3];
        wait_for_all();
        for (size_t i = 0; i < 3; i++)
            blocks[i] = trackmem_malloc_in(&summing_leaf, LARGE_BYTES);
        wait_for_all();
        for (size_t i = 0; i < 3; i++)
            trackmem_free(blocks[i]);
    }
    return NULL;
}

static void threads_that_cross_a_soft_limit_together_are_one_crossing(void **state)
{
    (void)state;
    crew.soft_calls = 0;
    assert_int_equal(
        trackmem_domain_set_budget(&summing_top, LARGE_BYTES * THREADS, 0, on_limit, NULL),
        TRACKMEM_OK);
    pthread_barrier_init(&crew.barrier, NULL, THREADS);
    run(cross_together, NULL);
    pthread_barrier_destroy(&crew.barrier);
    assert_int_equal(crew.soft_calls, 200);
    assert_all_is_back();
    assert_int_equal(trackmem_domain_set_budget(&summing_top, 0, 0, NULL, NULL), TRACKMEM_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(credit_of_idle_threads_is_called_back_before_a_refusal),
        cmocka_unit_test(nothing_that_fits_is_refused_while_threads_are_at_work),
        cmocka_unit_test(who_asks_too_much_keeps_nothing_from_others),
        cmocka_unit_test(threads_that_cross_a_soft_limit_together_are_one_crossing),
    };
    SKIP_WITHOUT_BUDGETS();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
