/*
 * Not lost: what thread-local variables point to, of the main thread and another, and what stands
 * behind a key.
 */
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "lose.h"

static _Thread_local void *volatile mine;
static pthread_key_t key;
static int ready[2];

static void load(void)
{
    mine = trackmem_malloc(10);
    pthread_setspecific(key, trackmem_malloc(20));
}

static void *sleeps(void *unused)
{
    (void)unused;
    far_down(load);
    if (write(ready[1], "x", 1) != 1)
        abort();
    for (;;)
        pause();
    return NULL;
}

int main(void)
{
    pthread_t thread;
    char byte;

    if (pipe(ready) != 0 || pthread_key_create(&key, NULL) != 0 ||
        pthread_create(&thread, NULL, sleeps, NULL) != 0 || read(ready[0], &byte, 1) != 1)
        return 1;
    far_down(load);
    return 0;
}
