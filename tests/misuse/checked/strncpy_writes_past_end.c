/*
 * The limit is that of the source, and all of it is written, in zeros.
 */
#include "checked.h"

int main(void)
{
    char *block = trackmem_malloc(8);

    strncpy(block, "four", 24);
    trackmem_free(block);
    return 0;
}
