/*
 * A separator is looked for in a block that has neither it nor an end.
 */
#include "checked.h"

int main(void)
{
    char *block = trackmem_malloc(16);
    const char *found;

    memset(block, 'x', 16);
    found = strchr(block, ':');
    trackmem_free(block);
    return found == block;
}
