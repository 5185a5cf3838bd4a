/*
 * Pages of its own, and no guard beside them: a write right before the block is seen at its free.
 */
#include "../misuse.h"

int main(void)
{
    volatile char *block = (volatile char *)hidden(trackmem_malloc(96));

    block[-1] = 1;
    trackmem_free((void *)block);
    return 0;
}
