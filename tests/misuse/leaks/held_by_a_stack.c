/*
 * Not lost: what only the stack of another thread points to, which sleeps; and what only the main
 * thread's does, while another one ends the process.
 */
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "lose.h"

static int ready[2];

static void *sleeps(void *unused)
{
    void *volatile mine = trackmem_malloc(10);

    (void)unused;
    (void)mine;
    if (write(ready[1], "x", 1) != 1)
        abort();
    for (;;)
        pause();
    return (void *)mine;
}

static void *ends(void *unused)
{
    (void)unused;
    exit(0);
}

int main(void)
{
    void *volatile mine = trackmem_malloc(20);
    pthread_t thread;
    char byte;

    (void)mine;
    if (pipe(ready) != 0 || pthread_create(&thread, NULL, sleeps, NULL) != 0 ||
        read(ready[0], &byte, 1) != 1 || pthread_create(&thread, NULL, ends, NULL) != 0)
        return 1;
    for (;;)
        pause();
    return mine == NULL;
}
