/*
 * A block of no bytes is written to.
 */
#include "../misuse.h"

int main(void)
{
    volatile char *block = (volatile char *)hidden(trackmem_malloc(0));

    block[0] = 1;
    trackmem_free((void *)block);
    return 0;
}
