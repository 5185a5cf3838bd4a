/*
 * A thread that never allocated has a small signal stack, and no other from us: a report does not
 * fit, and its own handler gets the fault that this makes.
 */
#define _GNU_SOURCE
#include "../misuse.h"

#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#define STACK_BYTES 8192

static void on_fault(int number)
{
    (void)number;
    _exit(7);
}

static void *write_past_end(void *block)
{
    char *pages = (char *)mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                               -1, 0);
    stack_t stack = { .ss_sp = pages + 4096, .ss_size = STACK_BYTES };

    if (mprotect(pages, 4096, PROT_NONE) != 0 || sigaltstack(&stack, NULL) != 0)
        _exit(1);
    ((volatile char *)block)[96] = 1;
    return NULL;
}

int main(void)
{
    struct sigaction action = { .sa_handler = on_fault, .sa_flags = SA_ONSTACK };
    pthread_t other;
    void *block;

    (void)sigaction(SIGSEGV, &action, NULL);
    block = hidden(trackmem_malloc(96));
    (void)pthread_create(&other, NULL, write_past_end, block);
    (void)pthread_join(other, NULL);
    return 0;
}
