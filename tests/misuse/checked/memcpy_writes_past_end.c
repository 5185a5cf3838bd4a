/*
 * A copy is larger than its target.
 */
#include "checked.h"

int main(void)
{
    char from[32] = { 1 };
    char *block = trackmem_malloc(24);

    memcpy(block, from, sizeof from);
    trackmem_free(block);
    return 0;
}
