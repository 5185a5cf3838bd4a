/*
 * A buffer of 48 bytes is cleared as if it were a page: the end of that cannot be seen.
 */
#include <string.h>

#include "../misuse.h"

int main(void)
{
    char *buffer = trackmem_malloc(48);

    memset(hidden(buffer), 0, 4096);
    trackmem_free(buffer);
    return 0;
}
