/*
 * The byte right before the start of a block is written.
 */
#include "../misuse.h"

int main(void)
{
    volatile char *block = (volatile char *)hidden(trackmem_malloc(100));

    block[-1] = block[-1];
    trackmem_free((void *)block);
    return 0;
}
