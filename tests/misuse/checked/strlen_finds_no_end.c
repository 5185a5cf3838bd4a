/*
 * A block is filled with letters to its last byte.
 */
#include "checked.h"

int main(void)
{
    char *block = trackmem_malloc(100);
    size_t length;

    memset(block, 'x', 100);
    length = strlen(block + 90);
    trackmem_free(block);
    return length == 0;
}
