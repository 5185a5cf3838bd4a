/*
 * A block of many pages, read a row too far.
 */
#include "../misuse.h"

int main(void)
{
    volatile char *block = (volatile char *)hidden(trackmem_malloc(1 << 20));

    (void)block[(1 << 20) + 640];
    trackmem_free((void *)block);
    return 0;
}
