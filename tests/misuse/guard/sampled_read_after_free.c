/*
 * A sampled block is read after its free.
 */
#include "../misuse.h"

int main(void)
{
    volatile char *block = (volatile char *)hidden(trackmem_malloc(96));

    trackmem_free((void *)block);
    (void)block[3];
    return 0;
}
