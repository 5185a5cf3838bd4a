/*
 * The limit of the search is greater than the block.
 */
#include "checked.h"

int main(void)
{
    char *block = trackmem_malloc(16);
    size_t length;

    memset(block, 'x', 16);
    length = strnlen(block, 20);
    trackmem_free(block);
    return length == 0;
}
