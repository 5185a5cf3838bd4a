/*
 * A block aligned to 4096, written before its start.
 */
#include "../misuse.h"

int main(void)
{
    volatile char *block = (volatile char *)hidden(trackmem_aligned_alloc(4096, 4096));

    *(volatile uint64_t *)(block - 8) = 1; /* of eight bytes some change, whatever was there */
    trackmem_aligned_free((void *)block);
    return 0;
}
