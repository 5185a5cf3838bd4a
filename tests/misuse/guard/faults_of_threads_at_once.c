/*
 * Four threads touch the same kind of block at once: each report comes out whole. The program's
 * handler keeps the first from ending it before the last is through.
 */
#define _GNU_SOURCE
#include "../misuse.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#define THREADS 4

static pthread_barrier_t start;
static int through;

static void on_fault(int number)
{
    (void)number;
    if (__atomic_add_fetch(&through, 1, __ATOMIC_ACQ_REL) == THREADS)
        _exit(7);
    for (;;)
        (void)pause();
}

static void *work(void *unused)
{
    volatile char *block = (volatile char *)hidden(trackmem_malloc(96));

    (void)unused;
    (void)pthread_barrier_wait(&start);
    block[100] = 1;
    return NULL;
}

int main(void)
{
    pthread_t threads[THREADS];

    (void)signal(SIGSEGV, on_fault);
    (void)pthread_barrier_init(&start, NULL, THREADS);
    for (int i = 0; i < THREADS; ++i)
        (void)pthread_create(&threads[i], NULL, work, NULL);
    for (int i = 0; i < THREADS; ++i)
        (void)pthread_join(threads[i], NULL);
    return 0;
}
