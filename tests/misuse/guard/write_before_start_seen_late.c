/*
 * With the guard page behind it, a write before the start is seen at the free.
 */
#include "../misuse.h"

int main(void)
{
    volatile char *block = (volatile char *)hidden(trackmem_malloc(96));

    block[-3] = 1;
    trackmem_free((void *)block);
    return 0;
}
