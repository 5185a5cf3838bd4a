/*
 * Blocks of no bytes are unique and are freed.
 */
#include "../misuse.h"

int main(void)
{
    void *one = trackmem_malloc(0);
    void *other = trackmem_malloc(0);

    if (one == NULL || one == other)
        return 1;
    one = trackmem_realloc(one, 10);
    one = trackmem_realloc(one, 0);
    trackmem_free(one);
    trackmem_free(other);
    return 0;
}
