/*
 * All bytes of blocks of many sizes are written and read.
 */
#include "../misuse.h"

int main(void)
{
    for (size_t size = 0; size < 3000; size += size / 50 + 1) {
        unsigned char *block = trackmem_malloc(size);

        for (size_t i = 0; i < size; i++)
            block[i] = (unsigned char)i;
        for (size_t i = 0; i < size; i++)
            if (block[i] != (unsigned char)i)
                return 1;
        trackmem_free(block);
    }
    return 0;
}
