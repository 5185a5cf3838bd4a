/*
 * A budget refuses, and nobody looks.
 */
#include "../misuse.h"

int main(void)
{
    volatile char *block = (volatile char *)hidden(trackmem_malloc(100000));

    block[0] = 1;
    trackmem_free((void *)block);
    return 0;
}
