/*
 * Each byte of calloc is read, and is 0.
 */
#include "../misuse.h"

int main(void)
{
    for (size_t size = 1; size < 5000; size += 37) {
        volatile char *block = trackmem_calloc(1, size);

        for (size_t i = 0; i < size; i++)
            if (block[i] != 0)
                return 1;
        trackmem_free(hidden((const void *)block));
    }
    return 0;
}
