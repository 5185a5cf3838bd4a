/*
 * A block grows, and is written up to its new end.
 */
#include "../misuse.h"

int main(void)
{
    volatile char *block = trackmem_malloc(1);

    for (size_t size = 2; size < 3000; size += 61) {
        block = trackmem_realloc(hidden((const void *)block), size);
        block[0] = 1;
        block[size - 1] = 1;
    }
    trackmem_free(hidden((const void *)block));
    return 0;
}
