/*
 * A pointer into a block against a guard page is freed.
 */
#include "../misuse.h"

int main(void)
{
    volatile char *block = (volatile char *)hidden(trackmem_malloc(96));

    trackmem_free(hidden((const void *)(block + 16)));
    trackmem_free((void *)block);
    return 0;
}
