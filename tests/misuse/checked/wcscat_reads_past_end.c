/*
 * What is put behind has no end.
 */
#include "checked.h"

int main(void)
{
    wchar_t to[256] = { 0 };
    wchar_t *block = trackmem_malloc(4 * sizeof *block);

    wmemset(block, L'x', 4);
    wcscat(to, block);
    trackmem_free(block);
    return to[0] == 0;
}
