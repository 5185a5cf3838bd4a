/*
 * Aligned blocks are at their alignment, and all their bytes are written.
 */
#include <string.h>

#include "../misuse.h"

int main(void)
{
    for (size_t alignment = 1; alignment <= 65536; alignment *= 2) {
        unsigned char *block = trackmem_aligned_alloc(alignment, 100);

        if ((uintptr_t)block % alignment != 0)
            return 1;
        memset(block, 0, 100);
        trackmem_aligned_free(block);
    }
    return 0;
}
