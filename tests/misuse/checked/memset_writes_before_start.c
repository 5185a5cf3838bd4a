/*
 * A pointer was moved back too far before it is filled from.
 */
#include "checked.h"

int main(void)
{
    char *block = trackmem_malloc(64);

    memset((char *)hidden(block) - 4, 1, 8);
    trackmem_free(block);
    return 0;
}
