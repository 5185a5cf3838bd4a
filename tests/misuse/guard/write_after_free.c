/*
 * A freed block is written to.
 */
#include "../misuse.h"

int main(void)
{
    volatile char *block = (volatile char *)hidden(trackmem_malloc(96));

    trackmem_free((void *)block);
    block[95] = 1;
    return 0;
}
