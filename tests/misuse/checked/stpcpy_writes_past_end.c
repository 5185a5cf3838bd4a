/*
 * Two texts are put together in a block that has room for one.
 */
#include "checked.h"

int main(void)
{
    char *block = trackmem_malloc(8);

    (void)stpcpy(stpcpy(block, "seven.."), "!");
    trackmem_free(block);
    return 0;
}
