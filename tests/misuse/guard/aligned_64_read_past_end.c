/*
 * A block aligned to 64, read past its end.
 */
#include "../misuse.h"

int main(void)
{
    volatile char *block = (volatile char *)hidden(trackmem_aligned_alloc(64, 192));

    (void)block[192];
    trackmem_aligned_free((void *)block);
    return 0;
}
