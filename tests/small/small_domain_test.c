/*
 * Domains, tasks, budgets, refusals and failing on purpose in the small profile.
 */
#include "small_unit.h"

#include <trackmem/fail.h>

TRACKMEM_DEFINE_DOMAIN(network, "network", NULL);
TRACKMEM_DEFINE_DOMAIN(receive, "receive", &network);
TRACKMEM_DEFINE_DOMAIN(same_again, "receive", &network);

static struct trackmem_task tasks[2] = { { .name = "idle" }, { .name = "rx", .domain = &receive } };
static struct trackmem_task *running = &tasks[0];

struct trackmem_task *trackmem_task_current(void)
{
    return running;
}

static void each_task_charges_its_domain(void **state)
{
    void *idle = trackmem_malloc(10);
    void *block;
    void *pushed;
    void *named;

    (void)state;
    running = &tasks[1];
    block = trackmem_malloc(20);
    assert_int_equal(trackmem_domain_push(&network), TRACKMEM_OK);
    running = &tasks[0];
    assert_null(trackmem_domain_current());
    assert_int_equal(trackmem_domain_pop(), TRACKMEM_INVALID);
    running = &tasks[1];
    pushed = trackmem_malloc(30);
    named = trackmem_malloc_in(&receive, 40);
    assert_int_equal(trackmem_domain_pop(), TRACKMEM_OK);
    running = &tasks[0];
    assert_int_equal(stats_of(NULL, false).live_bytes, 10);
    assert_int_equal(stats_of(&network, false).live_bytes, 30);
    assert_int_equal(stats_of(&receive, false).live_bytes, 60);
    assert_int_equal(stats_of(&network, true).live_bytes, 90);
    assert_int_equal(stats_of(&network, true).charged_bytes, 90 + 3 * OVERHEAD);
    trackmem_free(idle);
    trackmem_free(block);
    trackmem_free(pushed);
    trackmem_free(named);
    for (int i = 0; i < TRACKMEM_PUSH_DEPTH; ++i)
        assert_int_equal(trackmem_domain_push(NULL), TRACKMEM_OK);
    assert_int_equal(trackmem_domain_push(NULL), TRACKMEM_BUSY);
    for (int i = 0; i < TRACKMEM_PUSH_DEPTH; ++i)
        assert_int_equal(trackmem_domain_pop(), TRACKMEM_OK);
}

static void equal_names_are_one_domain(void **state)
{
    void *block = trackmem_malloc_in(&same_again, 10);
    struct trackmem_domain *made = trackmem_domain_create(&network, "receive");

    (void)state;
    assert_true(trackmem_domain_same(&receive, &same_again));
    assert_ptr_equal(made, trackmem_domain_of(block));
    assert_ptr_equal(trackmem_domain_find("network/receive"), made);
    assert_null(trackmem_domain_find("network/send"));
    assert_null(trackmem_domain_create(NULL, "a/b"));
    assert_null(trackmem_domain_create(NULL, ""));
    trackmem_free(block);
}

static void where_numbers_end_the_parent_is_charged(void **state)
{
    struct trackmem_domain *made[TRACKMEM_MAX_DOMAINS];
    unsigned count = 0;
    char name[] = "domain a";
    static TRACKMEM_DEFINE_DOMAIN(late, "late", &network);
    void *block;

    (void)state;
    for (unsigned i = 0; i < TRACKMEM_MAX_DOMAINS; ++i) {
        name[7] = (char)('a' + i);
        made[count] = trackmem_domain_create(NULL, name);
        count += made[count] != NULL;
    }
    assert_in_range(count, 1, TRACKMEM_MAX_DOMAINS - 1);
    block = trackmem_malloc_in(&late, 10);
    assert_ptr_equal(trackmem_domain_of(block), &network);
    trackmem_free(block);
    assert_int_equal(trackmem_domain_set_budget(&late, 0, 1, NULL, NULL), TRACKMEM_OUT_OF_MEMORY);
    assert_int_equal(stats_of(&network, false).hard_bytes, 0);
    assert_int_equal(trackmem_domain_destroy(&late), TRACKMEM_OUT_OF_MEMORY);
    assert_ptr_equal(trackmem_domain_find("network"), &network);
    for (unsigned i = 0; i < count; ++i)
        assert_int_equal(trackmem_domain_destroy(made[i]), TRACKMEM_OK);
    block = trackmem_malloc_in(&late, 10); /* now there is one */
    assert_ptr_equal(trackmem_domain_of(block), &late);
    trackmem_free(block);
}

static void a_domain_that_has_ended_leaves_its_parent_alone(void **state)
{
    static TRACKMEM_DEFINE_DOMAIN(job, "job", NULL);
    static TRACKMEM_DEFINE_DOMAIN(step, "step", &job);
    static TRACKMEM_DEFINE_DOMAIN(pushed, "pushed", &job);
    void *block = trackmem_malloc_in(&step, 10);
    void *other = trackmem_malloc_in(&pushed, 10);

    (void)state;
    trackmem_free(block);
    trackmem_free(other);
    assert_int_equal(trackmem_domain_destroy(&step), TRACKMEM_OK);
    assert_int_equal(trackmem_domain_destroy(&pushed), TRACKMEM_OK);
    assert_int_equal(trackmem_domain_destroy(&step), TRACKMEM_INVALID);
    assert_ptr_equal(trackmem_domain_find("job"), &job);
    assert_int_equal(trackmem_domain_set_budget(&step, 0, 64, NULL, NULL), TRACKMEM_INVALID);
    assert_int_equal(stats_of(&job, false).hard_bytes, 0);
    block = trackmem_malloc(10);
    for (int i = 0; i < 2; ++i) { /* told once */
        assert_int_equal(trackmem_transfer(block, &step), TRACKMEM_OK);
        assert_ptr_equal(trackmem_domain_of(block), &job);
    }
    assert_string_equal(misuse.verb, "trackmem_transfer");
    expect_misuse(TRACKMEM_MISUSE_DESTROYED_DOMAIN, "destroyed-domain");
    assert_int_equal(trackmem_domain_push(&pushed), TRACKMEM_OK);
    expect_misuse(TRACKMEM_MISUSE_DESTROYED_DOMAIN, "destroyed-domain");
    assert_ptr_equal(trackmem_domain_current(), &job);
    assert_int_equal(trackmem_domain_pop(), TRACKMEM_OK);
    trackmem_free(block);
    assert_int_equal(trackmem_domain_destroy(&job), TRACKMEM_OK);
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

/* How many of n allocations fail; bit k: the k-th. */
static unsigned which_fail(unsigned n)
{
    unsigned failed = 0;

    for (unsigned i = 0; i < n; ++i) {
        void *block = trackmem_malloc(8);

        failed |= (unsigned)(block == NULL) << (i + 1);
        trackmem_free(block);
    }
    return failed;
}

static void allocations_fail_on_purpose(void **state)
{
    void *block;

    (void)state;
    assert_int_equal(trackmem_fail_set("nth:3"), TRACKMEM_OK);
    assert_int_equal(which_fail(6), 1u << 3);
    assert_int_equal(trackmem_fail_count(), 6);
    assert_int_equal(trackmem_fail_injected(), 1);
    assert_int_equal(trackmem_fail_set("every:2"), TRACKMEM_OK);
    assert_int_equal(which_fail(5), 1u << 2 | 1u << 4);
    assert_int_equal(trackmem_fail_set("after:4"), TRACKMEM_OK);
    assert_int_equal(which_fail(6), 1u << 5 | 1u << 6);
    assert_int_equal(trackmem_fail_set("nth:0"), TRACKMEM_INVALID);
    assert_int_equal(trackmem_fail_set("never"), TRACKMEM_INVALID);
    trackmem_fail_benign_begin();
    block = trackmem_malloc(10);
    trackmem_fail_benign_end();
    assert_non_null(block);
    assert_null(trackmem_realloc(block, 5000)); /* counted once, and the block is as it was */
    assert_int_equal(trackmem_fail_count(), 7);
    trackmem_fail_off();
    assert_int_equal(trackmem_fail_next(2), TRACKMEM_OK);
    assert_int_equal(which_fail(3), 1u << 2);
    trackmem_free(block);
}

static unsigned visited;

static bool on_domain(struct trackmem_domain *domain, const char *path,
                      const struct trackmem_stats *alone, const struct trackmem_stats *all,
                      void *user)
{
    (void)user;
    if (visited++ == 0)
        assert_string_equal(path, "");
    if (domain == &receive)
        assert_string_equal(path, "network/receive");
    assert_true(alone->live_bytes <= all->live_bytes);
    return true;
}

static void domains_are_visited_with_their_paths(void **state)
{
    void *block = trackmem_malloc_in(&receive, 10);

    (void)state;
    visited = 0;
    trackmem_visit_domains(on_domain, NULL);
    assert_in_range(visited, 3, TRACKMEM_MAX_DOMAINS + 1);
    trackmem_free(block);
}

TRACKMEM_DEFINE_DOMAIN(framework, "the framework of the application", NULL);
TRACKMEM_DEFINE_DOMAIN(stack, "the stack of its protocols", &framework);
TRACKMEM_DEFINE_DOMAIN(buffers, "buffers of connections", &stack);
static unsigned long_paths;

static bool on_long_path(struct trackmem_domain *domain, const char *path,
                         const struct trackmem_stats *alone, const struct trackmem_stats *all,
                         void *user)
{
    (void)alone;
    (void)all;
    (void)user;
    if (domain == &buffers) {
        assert_string_equal(path,
                            "e application/the stack of its protocols/buffers of connections");
        ++long_paths;
    }
    return true;
}

static void of_a_long_path_the_end_is_told(void **state)
{
    void *block = trackmem_malloc_in(&buffers, 10);

    (void)state;
    trackmem_visit_domains(on_long_path, NULL);
    assert_int_equal(long_paths, 1);
    trackmem_free(block);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SMALL_TEST(each_task_charges_its_domain),
        SMALL_TEST(equal_names_are_one_domain),
        SMALL_TEST(where_numbers_end_the_parent_is_charged),
        SMALL_TEST(a_domain_that_has_ended_leaves_its_parent_alone),
        SMALL_TEST(a_budget_warns_then_asks_then_refuses),
        SMALL_TEST(a_task_in_a_budgets_function_keeps_none_from_another),
        SMALL_TEST(a_crossing_is_seen_when_another_allocates_meanwhile),
        SMALL_TEST(a_check_names_no_block_that_is_being_freed),
        SMALL_TEST(what_was_not_used_crosses_no_limit),
#if defined(__linux__)
        SMALL_TEST(what_fails_is_counted_in_the_critical_section),
#endif
        SMALL_TEST(the_program_may_free_when_memory_ends),
        SMALL_TEST(allocations_fail_on_purpose),
        SMALL_TEST(domains_are_visited_with_their_paths),
        SMALL_TEST(of_a_long_path_the_end_is_told),
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
