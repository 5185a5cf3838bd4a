/*
 * A freed block aligned to 256 is written to.
 */
#include "../misuse.h"

int main(void)
{
    volatile char *block = (volatile char *)hidden(trackmem_aligned_alloc(256, 1024));

    trackmem_aligned_free((void *)block);
    block[0] = 1;
    return 0;
}
