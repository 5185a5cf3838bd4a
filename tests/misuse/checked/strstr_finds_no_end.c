/*
 * A word is looked for in a block that has no end.
 */
#include "checked.h"

int main(void)
{
    char *block = trackmem_malloc(16);
    const char *found;

    memset(block, 'x', 16);
    found = strstr(block, "word");
    trackmem_free(block);
    return found == block;
}
