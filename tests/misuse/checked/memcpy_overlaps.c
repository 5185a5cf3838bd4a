/*
 * A text is moved up by four bytes within its block, by the wrong function.
 */
#include "checked.h"

int main(void)
{
    char *block = trackmem_calloc(1, 100);

    memcpy(block + 4, block, 20);
    trackmem_free(block);
    return 0;
}
