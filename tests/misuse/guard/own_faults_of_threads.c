/*
 * A program that uses faults for its own purpose, as a virtual machine does: threads on signal
 * stacks of their own stop at a page that is closed, and go on where the handler says; while other
 * threads allocate.
 */
#define _GNU_SOURCE
#include "../misuse.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define THREADS 4
#define FAULTS  500
#define STACK   16384

static char *page;
static __thread sigjmp_buf back;

static void on_fault(int number, siginfo_t *info, void *context)
{
    (void)number;
    (void)context;
    if (info->si_addr != page)
        _exit(1);
    siglongjmp(back, 1);
}

static void *work(void *unused)
{
    stack_t none = { .ss_flags = SS_DISABLE };
    stack_t stack = { .ss_sp = malloc(STACK), .ss_size = STACK };

    (void)unused;
    if (sigaltstack(&stack, NULL) != 0)
        _exit(1);
    for (volatile int i = 0; i < FAULTS; ++i) {
        trackmem_free(trackmem_malloc((size_t)i));
        if (sigsetjmp(back, 1) == 0)
            *(volatile char *)page = 1;
    }
    (void)sigaltstack(&none, NULL);
    free(stack.ss_sp);
    return NULL;
}

int main(void)
{
    struct sigaction action = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK };
    pthread_t threads[THREADS];

    page = (char *)mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    (void)sigaction(SIGSEGV, &action, NULL);
    for (int i = 0; i < THREADS; ++i)
        (void)pthread_create(&threads[i], NULL, work, NULL);
    for (int i = 0; i < THREADS; ++i)
        (void)pthread_join(threads[i], NULL);
    return 0;
}
