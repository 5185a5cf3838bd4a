/*
 * Blocks go to the C library and come from it.
 */
#include "../misuse.h"

int main(void)
{
    for (size_t size = 1; size < 3000; size += 101) {
        char *ours = trackmem_malloc(size);
        char *theirs;

        ours[size - 1] = 1;
        theirs = trackmem_export(ours);
        theirs[size - 1] = 2;
        if (trackmem_adopt(theirs, size) != TRACKMEM_OK)
            return 1;
        theirs = trackmem_realloc(theirs, size + 1);
        theirs[size] = 3;
        trackmem_free(theirs);
    }
    return 0;
}
