/*
 * A block aligned to 64, read before its start.
 */
#include "../misuse.h"

int main(void)
{
    volatile char *block = (volatile char *)hidden(trackmem_aligned_alloc(64, 192));

    (void)block[-1];
    trackmem_aligned_free((void *)block);
    return 0;
}
