/*
 * The program's later handler hands on to ours what is not its own, and ours to its earlier one;
 * each mends the faults that it means.
 */
#define _GNU_SOURCE
#include "../misuse.h"

#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

static char *pages[2];
static struct sigaction ours;

static void mend(const char *page)
{
    if (mprotect((void *)(uintptr_t)page, 4096, PROT_READ | PROT_WRITE) != 0)
        _exit(1);
}

static void on_fault_early(int number, siginfo_t *info, void *context)
{
    (void)number;
    (void)context;
    if (info->si_addr != pages[0])
        _exit(7);
    mend(pages[0]);
}

static void on_fault_late(int number, siginfo_t *info, void *context)
{
    if (info->si_addr == pages[1])
        mend(pages[1]);
    else
        ours.sa_sigaction(number, info, context);
}

int main(void)
{
    struct sigaction early = { .sa_sigaction = on_fault_early, .sa_flags = SA_SIGINFO };
    struct sigaction late = { .sa_sigaction = on_fault_late, .sa_flags = SA_SIGINFO };
    volatile char *block;

    for (int i = 0; i < 2; ++i)
        pages[i] = (char *)mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    (void)sigaction(SIGSEGV, &early, NULL);
    block = (volatile char *)hidden(trackmem_malloc(96));
    (void)sigaction(SIGSEGV, &late, &ours);
    *(volatile char *)pages[0] = 1;
    *(volatile char *)pages[1] = 1;
    block[96] = 1;
    return 0;
}
