/*
 * A program with a handler of its own, set later than ours, gets its own faults.
 */
#define _GNU_SOURCE
#include "../misuse.h"

#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

static char *page;

static void on_fault(int number, siginfo_t *info, void *context)
{
    (void)number;
    (void)context;
    if (info->si_addr != page || mprotect(page, 4096, PROT_READ | PROT_WRITE) != 0)
        _exit(1);
}

static void catch_faults(void)
{
    struct sigaction action = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO };

    (void)sigaction(SIGSEGV, &action, NULL);
}

int main(void)
{
    page = (char *)mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    trackmem_free(trackmem_malloc(96));
    catch_faults();
    *(volatile char *)page = 1;
    return 0;
}
