/*
 * A block is written behind its end by a thread that did not allocate it.
 */
#include "../misuse.h"
#include "thread.h"

static void spoil(void *name)
{
    ((volatile char *)name)[24] = 1;
}

int main(void)
{
    char *name = hidden(trackmem_malloc(24));

    in_a_thread(spoil, name);
    trackmem_free(name);
    return 0;
}
