/*
 * Not lost: what only a register of another thread points to, which runs and blocks all signals.
 */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "lose.h"

static int ready[2];

static void *spins(void *unused)
{
    register void *mine;
    sigset_t all;

    (void)unused;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, NULL);
    if (write(ready[1], "x", 1) != 1)
        abort();
    mine = trackmem_malloc(10);
    if (write(ready[1], "x", 1) != 1)
        abort();
    for (;;)
        __asm__ volatile("" : "+r"(mine));
    return NULL;
}

int main(void)
{
    pthread_t thread;
    char byte;

    if (pipe(ready) != 0 || pthread_create(&thread, NULL, spins, NULL) != 0 ||
        read(ready[0], &byte, 1) != 1 || read(ready[0], &byte, 1) != 1)
        return 1;
    return 0;
}
