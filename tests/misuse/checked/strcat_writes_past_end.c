/*
 * There was room for the texts, and none for the 0.
 */
#include "checked.h"

int main(void)
{
    char *block = trackmem_malloc(8);

    strcpy(block, "four");
    strcat(block, "five");
    trackmem_free(block);
    return 0;
}
