/*
 * A block of many pages, read before its start.
 */
#include "../misuse.h"

int main(void)
{
    volatile char *block = (volatile char *)hidden(trackmem_malloc(1 << 20));

    (void)block[-16];
    trackmem_free((void *)block);
    return 0;
}
