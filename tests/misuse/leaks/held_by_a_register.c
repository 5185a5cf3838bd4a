/*
 * Not lost: what only a register of another thread points to, which runs and blocks all signals.
 */
#define _DEFAULT_SOURCE
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>

#include "lose.h"

static volatile uintptr_t masked; /* no pointer: its complement */
static volatile int spinning;

static void load(void)
{
    masked = ~(uintptr_t)trackmem_malloc(10);
}

static void *spins(void *unused)
{
    register void *mine;
    sigset_t all;

    (void)unused;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, NULL);
    far_down(load);
    mine = (void *)~masked;
    for (;; spinning = 1)
        __asm__ volatile("" : "+r"(mine));
    return NULL;
}

int main(void)
{
    pthread_t thread;

    if (pthread_create(&thread, NULL, spins, NULL) != 0)
        return 1;
    while (spinning == 0)
        sched_yield();
    return 0;
}
