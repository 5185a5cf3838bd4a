/*
 * The thread that freed the block has ended when it is written.
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
    ((volatile char *)hidden(name))[1] = 1;
    return 0;
}
