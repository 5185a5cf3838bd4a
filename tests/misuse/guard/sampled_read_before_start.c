/*
 * Each block is sampled; one with the page before it is read before its start.
 */
#include "../misuse.h"

int main(void)
{
    volatile char *block;

    do
        block = (volatile char *)hidden(trackmem_malloc(96));
    while ((uintptr_t)block % 4096 != 0);
    (void)block[-1];
    return 0;
}
