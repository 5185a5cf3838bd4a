/*
 * Budgets and refusals in the small profile, and what others do meanwhile: tasks, and interrupts
 * that come while the backend is at work.
 */
#include "small_unit.h"

TRACKMEM_DEFINE_DOMAIN(network, "network", NULL);
TRACKMEM_DEFINE_DOMAIN(receive, "receive", &network);

static struct trackmem_task tasks[2] = { { .name = "idle" }, { .name = "rx", .domain = &receive } };
static struct trackmem_task *running = &tasks[0];

struct trackmem_task *trackmem_task_current(void)
{
    return running;
}

static unsigned calls[2];
static void *given;
static enum trackmem_budget_event last_event;

static void on_budget(struct trackmem_domain *domain, enum trackmem_budget_event event,
                      size_t requested_bytes, void *user)
{
    (void)requested_bytes;
    assert_ptr_equal(domain, &network);
    assert_ptr_equal(user, &given);
    ++calls[event];
    last_event = event;
    if (event == TRACKMEM_BUDGET_RECLAIM) {
        void *more = trackmem_malloc_in(&network, 4000); /* which calls nothing */

        assert_null(more);
        trackmem_free(given);
        given = NULL;
    }
}

static void a_budget_warns_then_asks_then_refuses(void **state)
{
    void *blocks[3];
    uint64_t peak;

    (void)state;
    memset(calls, 0, sizeof calls);
    assert_int_equal(trackmem_domain_set_budget(&network, 2000, 1000, NULL, NULL),
                     TRACKMEM_INVALID);
    assert_int_equal(trackmem_domain_set_budget(&network, 500, 1000, on_budget, &given),
                     TRACKMEM_OK);
    blocks[0] = trackmem_malloc_in(&receive, 400);
    assert_int_equal(calls[TRACKMEM_BUDGET_SOFT], 0);
    given = trackmem_malloc_in(&receive, 300);
    assert_int_equal(calls[TRACKMEM_BUDGET_SOFT], 1);
    blocks[1] = trackmem_malloc_in(&receive, 400); /* asks, and then fits */
    assert_non_null(blocks[1]);
    assert_int_equal(calls[TRACKMEM_BUDGET_RECLAIM], 1);
    assert_int_equal(stats_of(&network, true).refused, 1); /* what was asked for within */
    assert_null(trackmem_malloc_in(&receive, 400));
    assert_int_equal(calls[TRACKMEM_BUDGET_RECLAIM], 2);
    assert_int_equal(stats_of(&network, true).refused, 3);
    assert_null(trackmem_realloc(blocks[1], 900));
    assert_int_equal(trackmem_size(blocks[1]), 400);
    peak = stats_of(&network, true).peak_bytes;
    assert_in_range(peak, 800 + 2 * OVERHEAD, 1000);
    assert_int_equal(stats_of(&network, true).charged_bytes, 800 + 2 * OVERHEAD);
    blocks[2] = trackmem_malloc(400); /* the process has none */
    assert_int_equal(trackmem_transfer(blocks[2], &receive), TRACKMEM_OUT_OF_MEMORY);
    assert_null(trackmem_domain_of(blocks[2])->parent);
    for (int i = 0; i < 3; ++i)
        trackmem_free(blocks[i]);
    given = trackmem_malloc_in(&network, 600); /* crossed anew, as after the reclaim */
    assert_int_equal(calls[TRACKMEM_BUDGET_SOFT], 3);
    trackmem_free(given);
    assert_int_equal(trackmem_domain_set_budget(&network, 0, 0, NULL, NULL), TRACKMEM_OK);
}

TRACKMEM_DEFINE_DOMAIN(screen, "screen", NULL);
static unsigned screen_calls;

static void on_screen(struct trackmem_domain *domain, enum trackmem_budget_event event,
                      size_t requested_bytes, void *user)
{
    (void)domain;
    (void)requested_bytes;
    (void)user;
    screen_calls += event == TRACKMEM_BUDGET_SOFT;
}

/* Another task comes while this one's function runs. */
static void on_network(struct trackmem_domain *domain, enum trackmem_budget_event event,
                       size_t requested_bytes, void *user)
{
    (void)domain;
    (void)event;
    (void)requested_bytes;
    running = &tasks[1];
    *(void **)user = trackmem_malloc_in(&screen, 200);
    running = &tasks[0];
}

static void a_task_in_a_budgets_function_keeps_none_from_another(void **state)
{
    void *others = NULL;
    void *block;

    (void)state;
    assert_int_equal(trackmem_domain_set_budget(&network, 100, 0, on_network, &others),
                     TRACKMEM_OK);
    assert_int_equal(trackmem_domain_set_budget(&screen, 100, 0, on_screen, NULL), TRACKMEM_OK);
    block = trackmem_malloc_in(&network, 150);
    assert_non_null(others);
    assert_int_equal(screen_calls, 1);
    trackmem_free(others);
    trackmem_free(block);
    assert_int_equal(trackmem_domain_set_budget(&network, 0, 0, NULL, NULL), TRACKMEM_OK);
    assert_int_equal(trackmem_domain_destroy(&screen), TRACKMEM_OK);
}

static struct trackmem_backend region_backend;
static void (*interrupt)(void); /* comes once, while the backend is at work */

static void come_once(void)
{
    void (*handler)(void) = interrupt;

    interrupt = NULL;
    if (handler != NULL)
        handler();
}

static void *allocate_interrupted(void *context, size_t size, size_t alignment)
{
    come_once();
    return region_backend.allocate(context, size, alignment);
}

static void *reallocate_interrupted(void *context, void *span, size_t old_size, size_t new_size,
                                    size_t alignment)
{
    come_once();
    return region_backend.reallocate(context, span, old_size, new_size, alignment);
}

static void free_interrupted(void *context, void *span, size_t size, size_t alignment)
{
    come_once();
    region_backend.free(context, span, size, alignment);
}

static unsigned checks;

static void check_in_interrupt(void)
{
    assert_int_equal(trackmem_check_all(), 0);
    ++checks;
}

static void a_check_names_no_block_that_is_being_freed(void **state)
{
    void *block = trackmem_malloc(100);
    void *aligned = trackmem_aligned_alloc(64, 100);

    (void)state;
    interrupt = check_in_interrupt;
    block = trackmem_realloc(block, 50);
    interrupt = check_in_interrupt;
    trackmem_free(block);
    interrupt = check_in_interrupt;
    trackmem_aligned_free(aligned);
    assert_int_equal(checks, 3);
}

static void *made_by_interrupt;

static void allocate_in_interrupt(void)
{
    made_by_interrupt = trackmem_malloc_in(&network, 100);
}

static void a_crossing_is_seen_when_another_allocates_meanwhile(void **state)
{
    void *blocks[2];

    (void)state;
    memset(calls, 0, sizeof calls);
    assert_int_equal(trackmem_domain_set_budget(&network, 250, 0, on_budget, &given), TRACKMEM_OK);
    blocks[0] = trackmem_malloc_in(&network, 200);
    interrupt = allocate_in_interrupt;
    blocks[1] = trackmem_malloc_in(&network, 100);
    assert_int_equal(calls[TRACKMEM_BUDGET_SOFT], 1);
    trackmem_free(blocks[0]);
    trackmem_free(blocks[1]);
    trackmem_free(made_by_interrupt);
    assert_int_equal(trackmem_domain_set_budget(&network, 0, 0, NULL, NULL), TRACKMEM_OK);
}

static void what_was_not_used_crosses_no_limit(void **state)
{
    void *block;

    (void)state;
    memset(calls, 0, sizeof calls);
    assert_int_equal(trackmem_domain_set_budget(&network, 250, 0, on_budget, &given), TRACKMEM_OK);
    block = trackmem_malloc_in(&receive, 150);
    assert_null(trackmem_malloc_in(&receive, sizeof pool)); /* the backend has not so much */
    assert_int_equal(trackmem_transfer(block, &network), TRACKMEM_OK); /* which holds it already */
    assert_int_equal(trackmem_domain_set_budget(NULL, 0, 300, NULL, NULL), TRACKMEM_OK);
    assert_null(trackmem_malloc_in(&receive, 150));
    assert_int_equal(trackmem_domain_set_budget(NULL, 0, 0, NULL, NULL), TRACKMEM_OK);
    trackmem_free(trackmem_malloc_in(&receive, 1));
    assert_int_equal(calls[TRACKMEM_BUDGET_SOFT], 0);
    block = trackmem_realloc(block, 260);
    assert_int_equal(calls[TRACKMEM_BUDGET_SOFT], 1);
    trackmem_free(block);
    assert_int_equal(trackmem_domain_set_budget(&network, 0, 0, NULL, NULL), TRACKMEM_OK);
}

#if defined(__linux__) /* where nobody else defines these */
static struct {
    unsigned depth;
    uint64_t counts;          /* when the section was left last */
    unsigned changed_outside; /* how often something was counted since, seen at the next */
} critical;

static uint64_t counts(void)
{
    return network.failures + network.refused + trackmem_misuse_count();
}

uintptr_t trackmem_critical_enter(void)
{
    if (critical.depth++ == 0)
        critical.changed_outside += counts() != critical.counts;
    return 0;
}

void trackmem_critical_leave(uintptr_t state)
{
    (void)state;
    --critical.depth;
    critical.counts = counts();
}

static void what_fails_is_counted_in_the_critical_section(void **state)
{
    (void)state;
    assert_int_equal(trackmem_domain_set_budget(&network, 0, 100, NULL, NULL), TRACKMEM_OK);
    critical.changed_outside = 0;
    assert_null(trackmem_malloc_in(&network, 200));
    trackmem_free(hidden(pool + 1));
    expect_misuse(TRACKMEM_MISUSE_MISALIGNED, "misaligned-pointer");
    assert_int_equal(trackmem_domain_set_budget(&network, 0, 0, NULL, NULL), TRACKMEM_OK);
    assert_null(trackmem_malloc_in(&network, hidden_size(SIZE_MAX)));
    (void)stats_of(&network, false);
    assert_int_equal(critical.changed_outside, 0);
}
#endif

static bool on_out_of_memory(size_t size, struct trackmem_domain *domain, const void *address,
                             void *user)
{
    (void)size;
    assert_ptr_equal(domain, &network);
    assert_non_null(address);
    ++*(unsigned *)user;
    if (given == NULL)
        return false;
    trackmem_free(given);
    given = NULL;
    return true;
}

static void the_program_may_free_when_memory_ends(void **state)
{
    unsigned asked = 0;
    void *block;

    (void)state;
    given = trackmem_malloc(sizeof pool / 2);
    trackmem_set_out_of_memory_handler(on_out_of_memory, &asked);
    block = trackmem_malloc_in(&network, sizeof pool / 2);
    assert_non_null(block);
    assert_int_equal(asked, 1);
    assert_null(trackmem_malloc_in(&network, sizeof pool / 2));
    assert_int_equal(asked, 2);
    assert_int_equal(stats_of(&network, true).charged_bytes, sizeof pool / 2 + OVERHEAD);
    trackmem_set_out_of_memory_handler(NULL, NULL);
    trackmem_free(block);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SMALL_TEST(a_budget_warns_then_asks_then_refuses),
        SMALL_TEST(a_task_in_a_budgets_function_keeps_none_from_another),
        SMALL_TEST(a_crossing_is_seen_when_another_allocates_meanwhile),
        SMALL_TEST(a_check_names_no_block_that_is_being_freed),
        SMALL_TEST(what_was_not_used_crosses_no_limit),
#if defined(__linux__)
        SMALL_TEST(what_fails_is_counted_in_the_critical_section),
#endif
        SMALL_TEST(the_program_may_free_when_memory_ends),
    };
    struct trackmem_backend backend;

    start_small();
    region_backend = backend = *trackmem_region_backend(&region);
    backend.allocate = allocate_interrupted;
    backend.reallocate = reallocate_interrupted;
    backend.free = free_interrupted;
    (void)trackmem_set_backend(&backend);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
