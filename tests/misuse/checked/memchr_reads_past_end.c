/*
 * What is looked for is not in the block, and the limit is not its size.
 */
#include "checked.h"

int main(void)
{
    char *block = trackmem_calloc(1, 24);
    const void *found = memchr(block, 1, 25);

    trackmem_free(block);
    return found != NULL;
}
