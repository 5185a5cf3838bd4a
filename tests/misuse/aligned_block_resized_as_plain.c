/*
 * An aligned block reaches trackmem_realloc.
 */
#include "misuse.h"

int main(void)
{
    void *vertices = trackmem_aligned_alloc(64, 4096);
    void *moved = trackmem_realloc(hidden(vertices), 8192);
    if (moved != NULL)
        return 1;
    trackmem_aligned_free(vertices);
    return 0;
}
