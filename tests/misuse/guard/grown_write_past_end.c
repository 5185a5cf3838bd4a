/*
 * A block that grew, written past its new end.
 */
#include "../misuse.h"

int main(void)
{
    volatile char *block = (volatile char *)hidden(trackmem_realloc(trackmem_malloc(32), 96));

    block[96] = 1;
    trackmem_free((void *)block);
    return 0;
}
