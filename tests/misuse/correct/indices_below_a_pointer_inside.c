/*
 * Negative indices count from a pointer into the block.
 */
#include "../misuse.h"

int main(void)
{
    int *block = trackmem_malloc(100 * sizeof *block);
    volatile int *middle = (volatile int *)hidden(block + 50);

    for (int i = -50; i < 50; i++)
        middle[i] = i;
    trackmem_free(block);
    return 0;
}
