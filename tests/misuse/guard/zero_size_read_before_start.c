/*
 * The byte before a block of no bytes is read.
 */
#include "../misuse.h"

int main(void)
{
    volatile char *block = (volatile char *)hidden(trackmem_malloc(0));

    (void)block[-1];
    trackmem_free((void *)block);
    return 0;
}
