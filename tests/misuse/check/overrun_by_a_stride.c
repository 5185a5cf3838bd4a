/*
 * A loop over eight columns writes one row of 8 bytes too many.
 */
#include "../misuse.h"

int main(void)
{
    volatile uint64_t *row = hidden(trackmem_malloc(8 * sizeof(uint64_t)));

    for (int i = 0; i <= 8; i++)
        row[i] = 0x4141414141414141;
    trackmem_free(hidden((const void *)row));
    return 0;
}
