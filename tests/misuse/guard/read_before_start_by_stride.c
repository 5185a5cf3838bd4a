/*
 * An array is read one row before its first.
 */
#include "../misuse.h"

int main(void)
{
    volatile char *block = (volatile char *)hidden(trackmem_malloc(96));

    (void)block[-2000];
    trackmem_free((void *)block);
    return 0;
}
