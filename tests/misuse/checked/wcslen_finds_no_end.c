/*
 * Wide characters fill the whole block.
 */
#include "checked.h"

int main(void)
{
    wchar_t *block = trackmem_malloc(8 * sizeof *block);
    size_t length;

    wmemset(block, L'x', 8);
    length = wcslen(block);
    trackmem_free(block);
    return length == 0;
}
