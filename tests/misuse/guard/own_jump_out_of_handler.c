/*
 * A correct program that probes memory: its handler jumps out of each fault, a thousand times, with
 * and without the mask. Then a fault of a block is still named.
 */
#define _GNU_SOURCE
#include "../misuse.h"

#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

static sigjmp_buf back;
static const char *page;

static void on_fault(int number, siginfo_t *info, void *context)
{
    (void)number;
    (void)context;
    if (info->si_addr != page)
        _exit(7);
    siglongjmp(back, 1);
}

static int probe(int with_mask)
{
    if (sigsetjmp(back, with_mask) != 0)
        return 0;
    (void)*(const volatile char *)page;
    return 1;
}

int main(void)
{
    struct sigaction action = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_NODEFER };
    volatile char *block;

    page = (const char *)mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    (void)sigaction(SIGSEGV, &action, NULL);
    block = (volatile char *)hidden(trackmem_malloc(96));
    for (int i = 0; i < 1000; ++i)
        if (probe(i % 2) != 0)
            return 1;
    block[96] = 1;
    return 0;
}
