/*
 * A byte is read right past the end of an aligned block.
 */
#include "../misuse.h"

int main(void)
{
    volatile unsigned char *block = (volatile unsigned char *)hidden(
        trackmem_aligned_alloc(64, 104));
    int value = block[104];

    trackmem_aligned_free((void *)block);
    return value == 1;
}
