/*
 * A block of no bytes is read.
 */
#include "../misuse.h"

int main(void)
{
    volatile char *block = (volatile char *)hidden(trackmem_malloc(0));

    (void)block[0];
    trackmem_free((void *)block);
    return 0;
}
