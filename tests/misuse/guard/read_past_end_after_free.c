/*
 * A freed block is read past its end.
 */
#include "../misuse.h"

int main(void)
{
    volatile char *block = (volatile char *)hidden(trackmem_malloc(96));

    trackmem_free((void *)block);
    (void)block[100];
    return 0;
}
