/*
 * The 0 at the end has no room.
 */
#include "checked.h"

int main(void)
{
    wchar_t *block = trackmem_malloc(4 * sizeof *block);

    wcscpy(block, L"four");
    trackmem_free(block);
    return 0;
}
