/*
 * A block aligned to 4096 is written one byte before its start.
 */
#include "../misuse.h"

int main(void)
{
    volatile char *plane = hidden(trackmem_aligned_alloc(4096, 33));

    plane[-1] = 1;
    trackmem_aligned_free(hidden((const void *)plane));
    return 0;
}
