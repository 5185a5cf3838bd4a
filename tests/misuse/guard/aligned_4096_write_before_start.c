/*
 * A block aligned to 4096, written before its start.
 */
#include "../misuse.h"

int main(void)
{
    volatile char *block = (volatile char *)hidden(trackmem_aligned_alloc(4096, 4096));

    /* Of four bytes some change, whatever was there. */
    *(volatile uint32_t *)(volatile void *)(block - 8) = 1;
    trackmem_aligned_free((void *)block);
    return 0;
}
