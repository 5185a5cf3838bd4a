/*
 * An array is read one row too far.
 */
#include "../misuse.h"

int main(void)
{
    volatile char *block = (volatile char *)hidden(trackmem_malloc(96));

    (void)block[96 + 2000];
    trackmem_free((void *)block);
    return 0;
}
