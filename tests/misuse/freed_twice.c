/*
 * A block is freed twice, by two functions.
 */
#include "misuse.h"

static void drop(void *ptr)
{
    trackmem_free(hidden(ptr));
}

static void drop_again(void *ptr)
{
    trackmem_free(hidden(ptr));
}

int main(void)
{
    void *name = trackmem_malloc(48);
    drop(name);
    drop_again(name);
    return 0;
}
