/*
 * A thread writes to a block that another has freed.
 */
#include "../misuse.h"
#include "thread.h"

static void spoil(void *name)
{
    ((volatile char *)name)[23] = 1;
}

int main(void)
{
    char *name = hidden(trackmem_malloc(24));

    trackmem_free(name);
    in_a_thread(spoil, hidden(name));
    return 0;
}
