/*
 * A block aligned to 4096, read past its end.
 */
#include "../misuse.h"

int main(void)
{
    volatile char *block = (volatile char *)hidden(trackmem_aligned_alloc(4096, 8192));

    (void)block[8192];
    trackmem_aligned_free((void *)block);
    return 0;
}
