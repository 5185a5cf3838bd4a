/*
 * Budgets at the turns of life: the first one of a domain while threads are at work in it, and a
 * fork while threads hold credit or are in the middle of a charge.
 */
#define _GNU_SOURCE
#include "unit.h"

#include <pthread.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <trackmem/observe.h>

#include "without_budgets.h"

#define THREADS 3

static struct {
    struct trackmem_domain *domain;
    struct trackmem_domain *sibling;
    bool stop;
    unsigned busy;
} mine;

static struct trackmem_stats stats_of(struct trackmem_domain *domain)
{
    struct trackmem_stats stats;
    assert_int_equal(trackmem_domain_stats(domain, true, &stats), TRACKMEM_OK);
    return stats;
}

static bool stopped(void)
{
    return __atomic_load_n(&mine.stop, __ATOMIC_SEQ_CST);
}

/* Allocates, grows, moves to and fro, frees. */
static void *dig(void *argument)
{
    size_t size = 10 + (uintptr_t)argument * 40000;
    __atomic_add_fetch(&mine.busy, 1, __ATOMIC_SEQ_CST);
    while (!stopped()) {
        void *block = trackmem_malloc_in(mine.domain, size);
        void *larger = block != NULL ? trackmem_realloc(block, size + 5000) : NULL;
        block = larger != NULL ? larger : block;
        if (block != NULL) {
            (void)trackmem_transfer(block, mine.sibling);
            (void)trackmem_transfer(block, mine.domain);
        }
        trackmem_free(block);
    }
    return NULL;
}

static void start(pthread_t *threads)
{
    mine.busy = 0;
    __atomic_store_n(&mine.stop, false, __ATOMIC_SEQ_CST);
    for (uintptr_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, dig, (void *)i), 0);
    while (__atomic_load_n(&mine.busy, __ATOMIC_SEQ_CST) < THREADS)
        sched_yield();
}

static void stop(const pthread_t *threads)
{
    __atomic_store_n(&mine.stop, true, __ATOMIC_SEQ_CST);
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
}

static void the_first_budget_of_a_domain_loses_no_charge(void **state)
{
    (void)state;
    for (unsigned round = 0; round < 200; round++) {
        pthread_t threads[THREADS];
        char name[32];
        snprintf(name, sizeof name, "mine %u", round);
        mine.domain = trackmem_domain_create(NULL, name);
        snprintf(name, sizeof name, "sibling %u", round);
        mine.sibling = trackmem_domain_create(NULL, name);
        start(threads);
        assert_int_equal(trackmem_domain_set_budget(mine.domain, 0, 1000, NULL, NULL), TRACKMEM_OK);
        assert_int_equal(trackmem_domain_set_budget(mine.sibling, 0, 9000, NULL, NULL),
                         TRACKMEM_OK);
        stop(threads);
        assert_int_equal(stats_of(mine.domain).charged_bytes, 0);
        assert_int_equal(stats_of(mine.sibling).charged_bytes, 0);
        assert_int_equal(stats_of(mine.domain).live_blocks, 0);
        void *block = trackmem_malloc_in(mine.domain, 1000 - 16);
        assert_non_null(block);
        assert_null(trackmem_malloc_in(mine.domain, 0));
        trackmem_free(block);
        assert_int_equal(trackmem_domain_destroy(mine.domain), TRACKMEM_OK);
        assert_int_equal(trackmem_domain_destroy(mine.sibling), TRACKMEM_OK);
    }
    assert_int_equal(stats_of(NULL).charged_bytes, 0);
}

/* In the child nobody but us holds anything: at most what the others held is out of reach. */
static int use_all_in_child(size_t hard, size_t held_by_others)
{
    void *block = trackmem_malloc_in(mine.domain, hard - held_by_others - 16);
    if (block == NULL)
        return 1;
    if (trackmem_malloc_in(mine.domain, hard) != NULL)
        return 2;
    trackmem_free(block);
    return trackmem_domain_set_budget(mine.domain, 0, 100, NULL, NULL) == TRACKMEM_OK &&
                   trackmem_malloc_in(mine.domain, 100) == NULL
               ? 0
               : 3;
}

static void a_forks_child_has_the_credit_of_all(void **state)
{
    (void)state;
    const size_t hard = (size_t)1 << 20;
    const size_t held = THREADS * (10 + 2 * 40000 + 5000 + 16) * 2;
    pthread_t threads[THREADS];
    mine.domain = trackmem_domain_create(NULL, "forked mine");
    mine.sibling = trackmem_domain_create(mine.domain, "inner");
    assert_int_equal(trackmem_domain_set_budget(mine.domain, 0, hard, NULL, NULL), TRACKMEM_OK);
    start(threads);
    for (int i = 0; i < 100; i++) {
        int status = -1;
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            alarm(20);
            _exit(use_all_in_child(hard, held));
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_int_equal(status, 0);
    }
    stop(threads);
    assert_int_equal(stats_of(mine.domain).charged_bytes, 0);
}

static void reclaim_by_fork(struct trackmem_domain *domain, enum trackmem_budget_event event,
                            size_t requested, void *user)
{
    pid_t child = fork();
    (void)domain;
    (void)event;
    (void)requested;
    if (child == 0) /* it is inside this function, too, and may go on */
        _exit(trackmem_malloc_in(mine.domain, 2000) == NULL &&
                      trackmem_domain_set_budget(mine.domain, 0, 0, NULL, NULL) == TRACKMEM_OK
                  ? 7
                  : 1);
    (void)waitpid(child, user, 0);
}

static void a_function_of_a_budget_may_fork(void **state)
{
    (void)state;
    int status = -1;
    mine.domain = trackmem_domain_create(NULL, "forking mine");
    assert_int_equal(trackmem_domain_set_budget(mine.domain, 0, 1000, reclaim_by_fork, &status),
                     TRACKMEM_OK);
    assert_null(trackmem_malloc_in(mine.domain, 1000));
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_budget_of_a_domain_loses_no_charge),
        cmocka_unit_test(a_forks_child_has_the_credit_of_all),
        cmocka_unit_test(a_function_of_a_budget_may_fork),
    };
    SKIP_WITHOUT_BUDGETS();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
