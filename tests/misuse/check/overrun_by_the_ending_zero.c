/*
 * A string is copied to a block with no room for the 0 at its end.
 */
#include <string.h>

#include "../misuse.h"

int main(void)
{
    const char *title = "seven..";
    char *copy = hidden(trackmem_malloc(7));

    memcpy(hidden(copy), title, strlen(title) + 1);
    trackmem_free(copy);
    return 0;
}
