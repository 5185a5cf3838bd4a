/*
 * An aligned block keeps its alignment when it is resized.
 */
#include "../misuse.h"

int main(void)
{
    char *block = trackmem_aligned_alloc(256, 10);

    for (size_t size = 20; size < 20000; size *= 2) {
        block = trackmem_aligned_realloc(block, 256, size);
        if ((uintptr_t)block % 256 != 0)
            return 1;
        block[size - 1] = 1;
    }
    trackmem_aligned_free(block);
    return 0;
}
