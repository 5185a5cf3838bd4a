/*
 * The block ends with a page; what it has of the next one is a zone.
 */
#include "../misuse.h"

int main(void)
{
    volatile char *block = (volatile char *)hidden(trackmem_malloc(4096 - 16));

    block[4096 - 16] = 1;
    trackmem_free((void *)block);
    return 0;
}
