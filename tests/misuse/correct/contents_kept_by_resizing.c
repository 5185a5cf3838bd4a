/*
 * What a block holds goes along when it is resized.
 */
#include "../misuse.h"

int main(void)
{
    unsigned char *block = trackmem_malloc(100);

    for (size_t i = 0; i < 100; i++)
        block[i] = (unsigned char)i;
    block = trackmem_realloc(block, 100000);
    block = trackmem_realloc(block, 50);
    for (size_t i = 0; i < 50; i++)
        if (block[i] != i)
            return 1;
    trackmem_free(block);
    return 0;
}
