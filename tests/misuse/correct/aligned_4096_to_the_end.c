/*
 * Blocks aligned to 4096 are written whole, whatever their size.
 */
#include "../misuse.h"

int main(void)
{
    for (size_t size = 0; size < 300; size += 7) {
        volatile char *block = trackmem_aligned_alloc(4096, size);

        if ((uintptr_t)block % 4096 != 0)
            return 1;
        for (size_t i = 0; i < size; i++)
            block[i] = 1;
        trackmem_aligned_free(hidden((const void *)block));
    }
    return 0;
}
