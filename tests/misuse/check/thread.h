/*
 * A function that runs in a thread of its own, which has ended when it returns.
 */
#ifndef TESTS_MISUSE_THREAD_H
#define TESTS_MISUSE_THREAD_H

#include <pthread.h>
#include <stdlib.h>

struct errand {
    void (*fn)(void *argument);
    void *argument;
};

static void *run_errand(void *errand)
{
    const struct errand *what = errand;

    what->fn(what->argument);
    return NULL;
}

static inline void in_a_thread(void (*fn)(void *argument), void *argument)
{
    struct errand errand = { fn, argument };
    pthread_t thread;

    if (pthread_create(&thread, NULL, run_errand, &errand) != 0)
        abort();
    pthread_join(thread, NULL);
}

#endif
