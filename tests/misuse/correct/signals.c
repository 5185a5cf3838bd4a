/*
 * A signal handler writes to a block within its bounds.
 */
#include <signal.h>

#include "../misuse.h"

static volatile char *name;

static void on_signal(int number)
{
    (void)number;
    name[23] = 1;
}

int main(void)
{
    name = trackmem_malloc(24);
    signal(SIGUSR1, on_signal);
    raise(SIGUSR1);
    trackmem_free((void *)(uintptr_t)name);
    return 0;
}
