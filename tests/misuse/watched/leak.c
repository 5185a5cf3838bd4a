/*
 * A block is lost; another one is reachable by its start alone, which is no leak.
 */
#include "../misuse.h"

static void *kept;

__attribute__((__noinline__)) static void lose(void)
{
    volatile char *block = (volatile char *)hidden(trackmem_malloc(100));

    block[0] = 1;
}

__attribute__((__noinline__)) static void clear_the_stack(void)
{
    volatile char room[4096];

    for (unsigned i = 0; i < sizeof room; ++i)
        room[i] = 0;
}

int main(void)
{
    kept = hidden(trackmem_malloc(50));
    lose();
    clear_the_stack();
    return kept == NULL;
}
