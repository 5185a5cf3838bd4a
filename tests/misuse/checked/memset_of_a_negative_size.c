/*
 * The end lies before the start.
 */
#include "checked.h"

int main(void)
{
    char *block = trackmem_malloc(64);
    const char *end = hidden(block);

    memset(block, 0, (size_t)(end - 1 - block));
    trackmem_free(block);
    return 0;
}
