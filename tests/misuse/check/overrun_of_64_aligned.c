/*
 * A block aligned to 64 is written one byte behind its end.
 */
#include "../misuse.h"

int main(void)
{
    volatile char *plane = hidden(trackmem_aligned_alloc(64, 33));

    plane[33] = 1;
    trackmem_aligned_free(hidden((const void *)plane));
    return 0;
}
