/*
 * The guard stands behind the block; the read begins before it.
 */
#include "checked.h"

int main(void)
{
    char to[16];
    char *block = trackmem_calloc(1, 96);

    memcpy(to, (char *)hidden(block) - 8, sizeof to);
    trackmem_free(block);
    return to[0];
}
