/*
 * The source has no end.
 */
#include "checked.h"

int main(void)
{
    char to[256];
    char *block = trackmem_malloc(16);

    memset(block, 'x', 16);
    strcpy(to, block);
    trackmem_free(block);
    return to[0] == 0;
}
