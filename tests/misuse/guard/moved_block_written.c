/*
 * The old pointer is used after a resize that moved the block.
 */
#include "../misuse.h"

int main(void)
{
    volatile char *block = (volatile char *)hidden(trackmem_malloc(64));
    void *moved = trackmem_realloc((void *)block, 4096);

    block[10] = 1;
    trackmem_free(moved);
    return 0;
}
