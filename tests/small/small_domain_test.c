/*
 * Domains, tasks and failing on purpose in the small profile.
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
        SMALL_TEST(allocations_fail_on_purpose),
        SMALL_TEST(domains_are_visited_with_their_paths),
        SMALL_TEST(of_a_long_path_the_end_is_told),
    };

    start_small();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
