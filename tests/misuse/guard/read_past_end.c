/*
 * A byte is read right past the end.
 */
#include "../misuse.h"

int main(void)
{
    volatile char *block = (volatile char *)hidden(trackmem_malloc(96));

    (void)block[96];
    trackmem_free((void *)block);
    return 0;
}
