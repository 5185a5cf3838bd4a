/*
 * Blocks of the C library are adopted, resized, freed and handed back.
 */
#include "../misuse.h"

int main(void)
{
    char *block = trackmem_libc_strdup("adopted");

    if (trackmem_adopt(block, 8) != TRACKMEM_OK)
        return 1;
    block = trackmem_realloc(block, 100);
    trackmem_free(block);
    trackmem_libc_free(trackmem_export(trackmem_malloc(10)));
    return 0;
}
