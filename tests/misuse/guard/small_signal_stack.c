/*
 * The program has a signal stack of the least usual size, below which a page is inaccessible: it is
 * too small for a report, and the program's own handler runs on it all the same.
 */
#define _GNU_SOURCE
#include "../misuse.h"

#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#define STACK_BYTES 8192

static char *room;

static void on_fault(int number)
{
    char here;

    (void)number;
    _exit((size_t)(&here - room) < STACK_BYTES ? 7 : 1);
}

int main(void)
{
    struct sigaction action = { .sa_handler = on_fault, .sa_flags = SA_ONSTACK };
    char *pages = (char *)mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                               -1, 0);
    volatile char *block;
    stack_t stack;

    room = pages + 4096;
    stack = (stack_t){ .ss_sp = room, .ss_size = STACK_BYTES };
    if (mprotect(pages, 4096, PROT_NONE) != 0 || sigaltstack(&stack, NULL) != 0)
        return 1;
    (void)sigaction(SIGSEGV, &action, NULL);
    block = (volatile char *)hidden(trackmem_malloc(96));
    block[96] = 1;
    return 0;
}
