/*
 * A failed allocation is read, some others later.
 */
#include "../misuse.h"

int main(void)
{
    volatile char *block = (volatile char *)hidden(trackmem_malloc(500));
    void *other = trackmem_malloc(8);

    (void)block[100];
    trackmem_free(other);
    trackmem_free((void *)block);
    return 0;
}
