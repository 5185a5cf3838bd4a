/*
 * The program has a signal stack of its own, which stays.
 */
#define _GNU_SOURCE
#include "../misuse.h"

#include <signal.h>

static char room[65536];

int main(void)
{
    stack_t stack = { .ss_sp = room, .ss_size = sizeof room };
    volatile char *block;

    (void)sigaltstack(&stack, NULL);
    block = (volatile char *)hidden(trackmem_malloc(96));
    block[96] = 1;
    return 0;
}
