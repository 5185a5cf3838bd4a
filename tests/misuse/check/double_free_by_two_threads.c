/*
 * A block is freed by a thread that has ended, and again.
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

    in_a_thread(drop, name);
    trackmem_free(hidden(name));
    return 0;
}
