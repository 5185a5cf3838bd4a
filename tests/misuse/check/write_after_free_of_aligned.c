/*
 * An aligned block is written after its free.
 */
#include "../misuse.h"

int main(void)
{
    volatile char *plane = hidden(trackmem_aligned_alloc(64, 256));

    trackmem_aligned_free(hidden((const void *)plane));
    plane[63] = 1;
    return 0;
}
