/*
 * An aligned block reaches trackmem_free.
 */
#include "misuse.h"

int main(void)
{
    void *vertices = trackmem_aligned_alloc(64, 4096);
    trackmem_free(hidden(vertices));
    trackmem_aligned_free(vertices);
    return 0;
}
