/*
 * A name is compared after its free.
 */
#include "checked.h"

int main(void)
{
    char *block = trackmem_malloc(8);

    strcpy(block, "name");
    trackmem_free(block);
    return strncmp(hidden(block), "name", 4) == 1;
}
