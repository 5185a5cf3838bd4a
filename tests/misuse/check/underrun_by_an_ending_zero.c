/*
 * A string is put right before a block that is aligned, and its ending 0 into the block's zone.
 */
#include "../misuse.h"

int main(void)
{
    volatile char *plane = hidden(trackmem_aligned_alloc(64, 100));

    plane[-1] = 0;
    trackmem_aligned_free(hidden((const void *)plane));
    return 0;
}
