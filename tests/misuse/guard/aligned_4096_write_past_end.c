/*
 * A block aligned to 4096, written past its end.
 */
#include "../misuse.h"

int main(void)
{
    volatile char *block = (volatile char *)hidden(trackmem_aligned_alloc(4096, 8192));

    block[8192] = 1;
    trackmem_aligned_free((void *)block);
    return 0;
}
