/*
 * What calloc gives is zero, over memory that was used.
 */
#include <string.h>

#include "../misuse.h"

int main(void)
{
    for (int i = 0; i < 2000; i++) {
        size_t size = (size_t)i * 7 % 900 + 1;
        unsigned char *block = trackmem_calloc(1, size);

        for (size_t k = 0; k < size; k++)
            if (block[k] != 0)
                return 1;
        memset(block, 255, size);
        trackmem_free(block);
    }
    return 0;
}
