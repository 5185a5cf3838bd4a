/*
 * The limit is taken for that of the whole.
 */
#include "checked.h"

int main(void)
{
    char *block = trackmem_malloc(8);

    strcpy(block, "four");
    strncat(block, "fives", 8);
    trackmem_free(block);
    return 0;
}
