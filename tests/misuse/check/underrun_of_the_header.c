/*
 * A struct is written whose start is taken for 12 bytes too low.
 */
#include "../misuse.h"

int main(void)
{
    volatile uint32_t *row = hidden(trackmem_malloc(8 * sizeof(uint32_t)));

    row[-3] = 0x07070707;
    trackmem_free(hidden((const void *)row));
    return 0;
}
