/*
 * Zeroed memory, written past its end.
 */
#include "../misuse.h"

int main(void)
{
    volatile char *block = (volatile char *)hidden(trackmem_calloc(12, 8));

    block[96] = 0;
    trackmem_free((void *)block);
    return 0;
}
