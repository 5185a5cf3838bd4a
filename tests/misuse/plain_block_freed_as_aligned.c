/*
 * A plain block reaches trackmem_aligned_free.
 */
#include "misuse.h"

int main(void)
{
    void *name = trackmem_malloc(20);
    trackmem_aligned_free(hidden(name));
    trackmem_free(name);
    return 0;
}
