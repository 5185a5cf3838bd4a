/*
 * The limit is not the size of the block.
 */
#include "checked.h"

int main(void)
{
    char *block = trackmem_malloc(8);

    snprintf(block, 64, "%d files", 1234567);
    trackmem_free(block);
    return 0;
}
