/*
 * A block aligned to 64, written past its end.
 */
#include "../misuse.h"

int main(void)
{
    volatile char *block = (volatile char *)hidden(trackmem_aligned_alloc(64, 192));

    block[192] = 1;
    trackmem_aligned_free((void *)block);
    return 0;
}
