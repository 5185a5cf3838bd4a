/*
 * An array is written to one element before its first.
 */
#include "../misuse.h"

int main(void)
{
    volatile char *block = (volatile char *)hidden(trackmem_malloc(96));

    block[-24] = 1;
    trackmem_free((void *)block);
    return 0;
}
