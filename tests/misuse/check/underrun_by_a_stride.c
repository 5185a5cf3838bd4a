/*
 * The element before the first of an array of 4-byte numbers is written.
 */
#include "../misuse.h"

int main(void)
{
    volatile uint32_t *row = hidden(trackmem_malloc(8 * sizeof(uint32_t)));

    row[-1] = 0x07070707;
    trackmem_free(hidden((const void *)row));
    return 0;
}
