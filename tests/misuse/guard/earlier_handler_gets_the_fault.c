/*
 * The program's handler, set before ours, gets the fault after the report.
 */
#define _GNU_SOURCE
#include "../misuse.h"

#include <signal.h>
#include <unistd.h>

static void on_fault(int number)
{
    (void)number;
    _exit(7);
}

int main(void)
{
    volatile char *block;

    (void)signal(SIGSEGV, on_fault);
    block = (volatile char *)hidden(trackmem_malloc(96));
    block[96] = 1;
    return 0;
}
