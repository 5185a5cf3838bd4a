/*
 * A block of 64 MiB is written one byte behind its end.
 */
#include "../misuse.h"

int main(void)
{
    size_t size = (size_t)64 << 20;
    volatile char *frame = hidden(trackmem_malloc(size));

    frame[size] = 1;
    trackmem_free(hidden((const void *)frame));
    return 0;
}
