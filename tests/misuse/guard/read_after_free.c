/*
 * A freed block is read.
 */
#include "../misuse.h"

int main(void)
{
    volatile char *block = (volatile char *)hidden(trackmem_malloc(96));

    trackmem_free((void *)block);
    (void)block[8];
    return 0;
}
