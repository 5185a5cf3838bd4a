/*
 * An array of calloc is written one element too far.
 */
#include "../misuse.h"

int main(void)
{
    volatile int *counts = hidden(trackmem_calloc(10, sizeof(int)));

    counts[10] = 0x01010101;
    trackmem_free(hidden((const void *)counts));
    return 0;
}
