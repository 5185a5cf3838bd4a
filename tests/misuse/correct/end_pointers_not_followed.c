/*
 * A pointer right past the end is compared, never followed.
 */
#include "../misuse.h"

int main(void)
{
    char *block = trackmem_malloc(33);
    const char *end = (const char *)hidden(block + 33);

    for (volatile char *next = block; next != end; next++)
        *next = 1;
    trackmem_free(block);
    return 0;
}
