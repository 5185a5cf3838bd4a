/*
 * A byte is written right before the start.
 */
#include "../misuse.h"

int main(void)
{
    volatile char *block = (volatile char *)hidden(trackmem_malloc(96));

    block[-1] = 1;
    trackmem_free((void *)block);
    return 0;
}
