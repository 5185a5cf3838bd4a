/*
 * With the guard page before it, a write past the end is seen at the free.
 */
#include "../misuse.h"

int main(void)
{
    volatile char *block = (volatile char *)hidden(trackmem_malloc(96));

    block[97] = 1;
    trackmem_free((void *)block);
    return 0;
}
