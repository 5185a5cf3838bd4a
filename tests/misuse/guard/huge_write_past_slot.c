/*
 * A block of 64 MiB, behind whose slot no other was ever used: the sixth byte past its end is
 * written.
 */
#include "../misuse.h"

int main(void)
{
    size_t size = ((size_t)64 << 20) - 4096;
    volatile char *block = (volatile char *)hidden(trackmem_malloc(size));

    block[size + 5] = 1;
    trackmem_free((void *)block);
    return 0;
}
