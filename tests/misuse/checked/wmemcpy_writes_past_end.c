/*
 * A size in bytes is taken for one in wide characters.
 */
#include "checked.h"

int main(void)
{
    wchar_t from[8] = { 1 };
    wchar_t *block = trackmem_malloc(sizeof from / 2);

    wmemcpy(block, from, 8);
    trackmem_free(block);
    return 0;
}
