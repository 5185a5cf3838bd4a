/*
 * Signals come while blocks are made and freed; the handler reads one.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <sys/time.h>

#include "../misuse.h"

static volatile char *name;

static void on_signal(int number)
{
    (void)number;
    name[23] = (char)(name[23] + name[0]);
}

int main(void)
{
    const struct itimerval often = { { 0, 500 }, { 0, 500 } };
    const struct itimerval never = { { 0, 0 }, { 0, 0 } };

    name = trackmem_calloc(1, 24);
    signal(SIGALRM, on_signal);
    setitimer(ITIMER_REAL, &often, NULL);
    for (int i = 0; i < 20000; i++)
        trackmem_free(trackmem_malloc((size_t)i % 300));
    setitimer(ITIMER_REAL, &never, NULL);
    trackmem_free((void *)(uintptr_t)name);
    return 0;
}
