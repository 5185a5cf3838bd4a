/*
 * A text is moved to the left by one byte, by the wrong function.
 */
#include "checked.h"

int main(void)
{
    char *block = trackmem_malloc(16);

    strcpy(block, "-name");
    strcpy(block, block + 1);
    trackmem_free(block);
    return 0;
}
