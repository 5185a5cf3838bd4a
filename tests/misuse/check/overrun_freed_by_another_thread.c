/*
 * A block that was written behind its end is freed by another thread.
 */
#include "../misuse.h"
#include "thread.h"

static void drop(void *name)
{
    trackmem_free(name);
}

int main(void)
{
    char *name = hidden(trackmem_malloc(24));

    ((volatile char *)name)[24] = 1;
    in_a_thread(drop, name);
    return 0;
}
