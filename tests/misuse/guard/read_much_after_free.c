/*
 * Other blocks come and go before a freed one is read.
 */
#include "../misuse.h"

int main(void)
{
    volatile char *block = (volatile char *)hidden(trackmem_malloc(96));

    trackmem_free((void *)block);
    for (int i = 0; i < 1000; ++i)
        trackmem_free(trackmem_malloc(96));
    (void)block[0];
    return 0;
}
