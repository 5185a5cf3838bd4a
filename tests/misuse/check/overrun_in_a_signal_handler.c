/*
 * A signal handler writes behind the end of a block.
 */
#include <signal.h>

#include "../misuse.h"

static volatile char *name;

static void on_signal(int number)
{
    (void)number;
    name[24] = 1;
}

int main(void)
{
    name = hidden(trackmem_malloc(24));
    signal(SIGUSR1, on_signal);
    raise(SIGUSR1);
    trackmem_free(hidden((const void *)name));
    return 0;
}
