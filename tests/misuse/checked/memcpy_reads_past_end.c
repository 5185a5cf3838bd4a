/*
 * A copy reads ten bytes more than the block has.
 */
#include "checked.h"

int main(void)
{
    char to[32];
    const char *block = trackmem_calloc(1, 100);

    memcpy(to, block + 90, 20);
    return to[0];
}
