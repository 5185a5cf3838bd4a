/*
 * A signal handler writes past the end.
 */
#define _GNU_SOURCE
#include "../misuse.h"

#include <signal.h>

static volatile char *volatile block;

static void on_signal(int number)
{
    (void)number;
    block[96] = 1;
}

int main(void)
{
    block = (volatile char *)hidden(trackmem_malloc(96));
    (void)signal(SIGUSR1, on_signal);
    (void)raise(SIGUSR1);
    return 0;
}
