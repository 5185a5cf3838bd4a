/*
 * account/budget.c under threads: limits hold at every moment, by the sums of a backend.
 */
#define _GNU_SOURCE
#include "unit.h"

#include "budget_crew.h"

#define SLOTS 96

static uint32_t random_size(uint32_t *seed)
{
    uint32_t kind = draw(seed) % 16;
    if (kind == 0)
        return draw(seed) % 200000;
    return kind < 8 ? draw(seed) % 20000 : draw(seed) % 1000;
}

static void one_deed(void **slot, uint32_t *seed)
{
    size_t size = summing_size(random_size(seed));
    enum summing_domain domain = (enum summing_domain)(1 + draw(seed) % 3);
    void *block = NULL;
    if (*slot == NULL) {
        *slot = summing_make(domain, size);
        __atomic_add_fetch(*slot != NULL ? &crew.served : &crew.refused, 1, __ATOMIC_RELAXED);
        return;
    }
    switch (draw(seed) % 4) {
    case 0:
        block = summing_resize(*slot, size);
        *slot = block != NULL ? block : *slot;
        break;
    case 1: (void)summing_transfer(*slot, domain); break;
    default:
        trackmem_free(*slot);
        *slot = NULL;
        break;
    }
}

static void *hammer(void *argument)
{
    uint32_t seed = (uint32_t)(uintptr_t)argument * 2654435761u + 1;
    void *slots[SLOTS] = { NULL };
    for (int i = 0; i < 60000; i++)
        one_deed(&slots[draw(&seed) % SLOTS], &seed);
    for (size_t i = 0; i < SLOTS; i++)
        trackmem_free(slots[i]);
    return NULL;
}

static void no_hard_budget_is_ever_exceeded(void **state)
{
    (void)state;
    set_budgets(on_limit);
    summing.limited = true;
    run(hammer, NULL);
    summing.limited = false;
    assert_int_equal(summing.violations, 0);
    assert_true(crew.refused > 0);
    assert_true(crew.served > crew.refused / 4);
    assert_true(crew.soft_calls > 0);
    assert_true(crew.reclaim_calls > 0);
    /* The limits were reached, too. */
    assert_in_range(summing.most_middle, SUMMING_MIDDLE_HARD / 10 * 9, SUMMING_MIDDLE_HARD);
    assert_in_range(summing.most_leaf, SUMMING_LEAF_HARD / 10 * 9, SUMMING_LEAF_HARD);
    assert_all_is_back();
    remove_budgets();
}

/* On and off, smaller and greater than what is out. */
static void set_again_and_again(void)
{
    for (int i = 0; i < 300; i++) {
        set_budgets(i % 2 ? on_limit : NULL);
        sched_yield();
        if (i % 4 == 3)
            remove_budgets();
        else if (i % 4 == 2)
            assert_int_equal(trackmem_domain_set_budget(&summing_middle, 0, 4096, NULL, NULL),
                             TRACKMEM_OK);
    }
}

static void budgets_are_set_while_threads_run(void **state)
{
    (void)state;
    run(hammer, set_again_and_again);
    remove_budgets();
    assert_all_is_back();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_hard_budget_is_ever_exceeded),
        cmocka_unit_test(budgets_are_set_while_threads_run),
    };
    if (!summing_start())
        return 1;
    SKIP_WITHOUT_BUDGETS();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
