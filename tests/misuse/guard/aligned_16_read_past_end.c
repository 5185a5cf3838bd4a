/*
 * A block aligned to 16, read past its end.
 */
#include "../misuse.h"

int main(void)
{
    volatile char *block = (volatile char *)hidden(trackmem_aligned_alloc(16, 96));

    (void)block[96];
    trackmem_aligned_free((void *)block);
    return 0;
}
