/*
 * A block against a guard page is freed twice.
 */
#include "../misuse.h"

int main(void)
{
    volatile char *block = (volatile char *)hidden(trackmem_malloc(96));

    trackmem_free((void *)block);
    trackmem_free((void *)block);
    return 0;
}
