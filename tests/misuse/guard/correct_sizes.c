/*
 * A correct program: every size and alignment, to the last byte.
 */
#include "../misuse.h"

#include <stdlib.h>
#include <string.h>

static void fill(void *block, size_t size)
{
    memset(block, 0x5a, size);
}

static void use_each_way(size_t size)
{
    char *block = (char *)trackmem_malloc(size);
    char *zero = (char *)trackmem_calloc(1, size);

    for (size_t i = 0; i < size; ++i)
        if (zero[i] != 0)
            abort();
    fill(block, size);
    fill(zero, size);
    block = (char *)trackmem_realloc(block, size + 100);
    fill(block, size + 100);
    block = (char *)trackmem_realloc(block, size / 2);
    if (size / 2 > 0 && block[size / 2 - 1] != 0x5a)
        abort();
    trackmem_free(block);
    trackmem_free(zero);
    for (size_t alignment = 16; alignment <= 8192; alignment *= 2) {
        block = (char *)trackmem_aligned_alloc(alignment, size);
        if ((uintptr_t)block % alignment != 0)
            abort();
        fill(block, size);
        trackmem_aligned_free(block);
    }
}

int main(void)
{
    for (size_t size = 0; size < 20000; size += size / 7 + 1)
        use_each_way(size);
    return 0;
}
