/*
 * A block grows and shrinks, and keeps what it holds.
 */
#include <string.h>

#include "../misuse.h"

int main(void)
{
    char *block = NULL;
    size_t size = 0;

    for (int i = 0; i < 500; i++) {
        size_t next = (size_t)(i * 37 % 700) + 1;

        block = trackmem_realloc(block, next);
        for (size_t k = 0; k < (size < next ? size : next); k++)
            if (block[k] != 'r')
                return 1;
        memset(block, 'r', next);
        size = next;
    }
    trackmem_free(block);
    return 0;
}
