/*
 * Each block is sampled; of one with the page behind it the end is overrun.
 */
#include "../misuse.h"

int main(void)
{
    volatile char *block;

    do
        block = (volatile char *)hidden(trackmem_malloc(96));
    while ((uintptr_t)block % 4096 == 0);
    block[96] = 1;
    return 0;
}
