/*
 * A failed allocation is used at once.
 */
#include "../misuse.h"

int main(void)
{
    volatile int *block = (volatile int *)hidden(trackmem_malloc(40));

    block[2] = 1;
    trackmem_free((void *)block);
    return 0;
}
