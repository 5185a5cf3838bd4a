/*
 * Eight threads under budgets, for budget_*_test.c.
 */
#ifndef TESTS_BUDGET_CREW_H
#define TESTS_BUDGET_CREW_H

#include <pthread.h>
#include <sched.h>

#include "summing.h"
#include "without_budgets.h"

#define THREADS 8

static struct {
    pthread_barrier_t barrier;
    unsigned soft_calls;
    unsigned reclaim_calls;
    unsigned refused;
    unsigned served;
    bool stop;
} crew;

static inline uint32_t draw(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

static inline struct trackmem_stats stats_of(struct trackmem_domain *domain)
{
    struct trackmem_stats stats;
    assert_int_equal(trackmem_domain_stats(domain, true, &stats), TRACKMEM_OK);
    return stats;
}

static inline void assert_all_is_back(void)
{
    for (size_t i = 0; i < SUMMING_DOMAINS; i++) {
        struct trackmem_stats stats = stats_of(summing_domains[i]);
        assert_int_equal(stats.live_bytes, 0);
        assert_int_equal(stats.live_blocks, 0);
        assert_int_equal(stats.overhead_bytes, 0);
        assert_int_equal(stats.charged_bytes, 0);
    }
    assert_int_equal(summing.middle, 0);
    assert_int_equal(summing.leaf, 0);
}

static inline void set_budgets(trackmem_budget_fn *fn)
{
    assert_int_equal(trackmem_domain_set_budget(&summing_middle, SUMMING_MIDDLE_HARD / 2,
                                                SUMMING_MIDDLE_HARD, fn, NULL),
                     TRACKMEM_OK);
    assert_int_equal(trackmem_domain_set_budget(&summing_leaf, 0, SUMMING_LEAF_HARD, fn, NULL),
                     TRACKMEM_OK);
}

static inline void remove_budgets(void)
{
    assert_int_equal(trackmem_domain_set_budget(&summing_middle, 0, 0, NULL, NULL), TRACKMEM_OK);
    assert_int_equal(trackmem_domain_set_budget(&summing_leaf, 0, 0, NULL, NULL), TRACKMEM_OK);
}

/* It may do all that a program may: no lock is held. */
static inline void on_limit(struct trackmem_domain *domain, enum trackmem_budget_event event,
                            size_t requested, void *user)
{
    struct trackmem_stats stats;
    void *block = summing_make(SUMMING_LEAF, 24);
    (void)user;
    assert_true(requested > 0);
    if (draw(&(uint32_t){ (uint32_t)requested }) % 64 == 0)
        assert_int_equal(trackmem_domain_stats(domain, true, &stats), TRACKMEM_OK);
    trackmem_free(block);
    __atomic_add_fetch(event == TRACKMEM_BUDGET_SOFT ? &crew.soft_calls : &crew.reclaim_calls, 1,
                       __ATOMIC_RELAXED);
}

static inline void run(void *(*work)(void *), void (*meanwhile)(void))
{
    pthread_t threads[THREADS];
    for (uintptr_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, work, (void *)i), 0);
    if (meanwhile != NULL)
        meanwhile();
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
}

static inline void wait_for_all(void)
{
    pthread_barrier_wait(&crew.barrier);
}

#endif
