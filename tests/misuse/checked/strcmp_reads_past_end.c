/*
 * Both are equal to the last byte of the block, which has no end.
 */
#include "checked.h"

int main(void)
{
    char *block = trackmem_malloc(4);
    int same;

    memcpy(block, "name", 4);
    same = strcmp(block, "name of it");
    trackmem_free(block);
    return same == 0;
}
