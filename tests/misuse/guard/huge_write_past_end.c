/*
 * A block of many pages, written past its end.
 */
#include "../misuse.h"

int main(void)
{
    volatile char *block = (volatile char *)hidden(trackmem_malloc(1 << 20));

    block[1 << 20] = 1;
    trackmem_free((void *)block);
    return 0;
}
