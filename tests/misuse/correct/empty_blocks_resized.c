/*
 * Blocks grow from nothing and shrink to it.
 */
#include "../misuse.h"

int main(void)
{
    void *block = trackmem_malloc(0);

    for (int i = 0; i < 100; i++) {
        block = trackmem_realloc(block, (size_t)i);
        block = trackmem_realloc(block, 0);
        if (block == NULL)
            return 1;
    }
    trackmem_free(block);
    return 0;
}
