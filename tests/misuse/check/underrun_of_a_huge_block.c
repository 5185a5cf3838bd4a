/*
 * A block of 64 MiB is written one byte before its start.
 */
#include "../misuse.h"

int main(void)
{
    volatile char *frame = hidden(trackmem_malloc((size_t)64 << 20));

    frame[-1] = 1;
    trackmem_free(hidden((const void *)frame));
    return 0;
}
