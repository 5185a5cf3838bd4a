/*
 * A count that was read from somewhere, of which the product with the size wraps around.
 */
#include "../misuse.h"

int main(void)
{
    volatile size_t count = SIZE_MAX / 16;
    char *table = trackmem_malloc(32);
    char *larger = trackmem_reallocarray(table, count, 32);
    trackmem_free(larger ? larger : table);
    return 0;
}
