/*
 * A freed block is read after 20,000 further frees: what check mode's preset says of the quarantine
 * is not for blocks that take address space only.
 */
#include "../misuse.h"

int main(void)
{
    volatile char *block = (volatile char *)hidden(trackmem_malloc(16));

    trackmem_free((void *)block);
    for (int i = 0; i < (sizeof(void *) > 4 ? 20000 : 1000); ++i) /* 32 bits keep 2,048 slots */
        trackmem_free(hidden(trackmem_malloc(16)));
    (void)block[8];
    return 0;
}
