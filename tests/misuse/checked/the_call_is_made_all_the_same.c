/*
 * With misuse=report a call goes on: here into the zone, which is seen at the free.
 */
#include "checked.h"

int main(void)
{
    char from[32] = "12345678901234567890";
    char *block = trackmem_malloc(18);

    memcpy(block, from, 20);
    if (memcmp(from, block, 18) != 0)
        return 1;
    trackmem_free(block);
    return 0;
}
