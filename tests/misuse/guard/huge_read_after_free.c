/*
 * A freed block of many pages is read far from its start.
 */
#include "../misuse.h"

int main(void)
{
    volatile char *block = (volatile char *)hidden(trackmem_malloc(300000));

    trackmem_free((void *)block);
    (void)block[200000];
    return 0;
}
