/*
 * The ends of huge blocks are written.
 */
#include "../misuse.h"

int main(void)
{
    size_t size = (size_t)70 << 20;
    volatile char *block = trackmem_malloc(size);

    block[0] = 1;
    block[size - 1] = 1;
    block = trackmem_realloc((void *)(uintptr_t)block, 2 * size);
    if (block[0] != 1 || block[size - 1] != 1)
        return 1;
    block[2 * size - 1] = 1;
    trackmem_free((void *)(uintptr_t)block);
    return 0;
}
