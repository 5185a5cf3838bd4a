/*
 * A block is written after its free; that is seen when it leaves the quarantine.
 */
#include "../misuse.h"

int main(void)
{
    volatile char *name = hidden(trackmem_malloc(24));

    trackmem_free(hidden((const void *)name));
    name[0] = 1;
    for (int i = 0; i < 20000; i++)
        trackmem_free(hidden(trackmem_malloc(1000)));
    return 0;
}
