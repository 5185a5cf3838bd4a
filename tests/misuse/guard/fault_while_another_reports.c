/*
 * One thread frees what it may not, again and again, while others fault: reports of both kinds come
 * out whole. The program's handler keeps the faults from ending it before all are through.
 */
#define _GNU_SOURCE
#include "../misuse.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#define THREADS 2

static pthread_barrier_t start;
static int through;

static void is_through(void)
{
    if (__atomic_add_fetch(&through, 1, __ATOMIC_ACQ_REL) == THREADS + 1)
        _exit(7);
    for (;;)
        (void)pause();
}

static void on_fault(int number)
{
    (void)number;
    is_through();
}

static void *fault(void *block)
{
    (void)pthread_barrier_wait(&start);
    ((volatile char *)block)[96] = 1;
    return NULL;
}

static void free_wrongly(char *block)
{
    for (int i = 0; i < 20; ++i)
        trackmem_free(hidden(block + 16));
}

int main(void)
{
    pthread_t threads[THREADS];
    char *block = (char *)trackmem_malloc(96);

    (void)signal(SIGSEGV, on_fault);
    trackmem_free(trackmem_malloc(1));
    (void)pthread_barrier_init(&start, NULL, THREADS + 1);
    for (int i = 0; i < THREADS; ++i)
        (void)pthread_create(&threads[i], NULL, fault, block);
    (void)pthread_barrier_wait(&start);
    free_wrongly(block);
    is_through();
    return 0;
}
