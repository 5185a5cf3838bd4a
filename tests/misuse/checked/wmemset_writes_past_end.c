/*
 * A block of bytes is filled as one of wide characters.
 */
#include "checked.h"

int main(void)
{
    wchar_t *block = trackmem_malloc(16);

    wmemset(block, 1, 16);
    trackmem_free(block);
    return 0;
}
