/*
 * A byte is written right past the end.
 */
#include "../misuse.h"

int main(void)
{
    volatile char *block = (volatile char *)hidden(trackmem_malloc(96));

    block[96] = 1;
    trackmem_free((void *)block);
    return 0;
}
