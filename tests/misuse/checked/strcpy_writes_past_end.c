/*
 * The 0 at the end has no room.
 */
#include "checked.h"

int main(void)
{
    const char *title = "seven..";
    char *block = trackmem_malloc(strlen(title));

    strcpy(block, title);
    trackmem_free(block);
    return 0;
}
