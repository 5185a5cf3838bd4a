/*
 * The same, and the program's misuse handler faults: both faults end where they should.
 */
#define _GNU_SOURCE
#include "../misuse.h"

#include <signal.h>
#include <unistd.h>

static char room[8192];
static volatile char *block;

static void on_misuse(const struct trackmem_misuse *misuse, void *user)
{
    (void)user;
    *(volatile char *)hidden((void *)(uintptr_t)misuse->freed_by) = 1;
}

static void on_fault(int number, siginfo_t *info, void *context)
{
    stack_t now;

    (void)number;
    (void)context;
    (void)sigaltstack(NULL, &now);
    _exit(info->si_addr == (const void *)&block[96] && now.ss_sp == room ? 7 : 1);
}

int main(void)
{
    struct sigaction action = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK };
    stack_t stack = { .ss_sp = room, .ss_size = sizeof room };

    (void)sigaltstack(&stack, NULL);
    (void)sigaction(SIGSEGV, &action, NULL);
    block = (volatile char *)hidden(trackmem_malloc(96));
    trackmem_set_misuse_handler(on_misuse, NULL);
    block[96] = 1;
    return 0;
}
