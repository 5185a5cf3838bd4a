/*
 * Copies are equal to what they were made of, to the last byte.
 */
#include <string.h>

#include "../misuse.h"

int main(void)
{
    char source[257];

    for (size_t size = 0; size <= sizeof source; size++) {
        char *copy;

        memset(source, (int)size, sizeof source);
        copy = trackmem_memdup(source, size);
        if (memcmp(copy, source, size) != 0)
            return 1;
        trackmem_free(copy);
    }
    return 0;
}
