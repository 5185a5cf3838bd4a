/*
 * The header of a block is overwritten, and then the block goes to another domain.
 */
#include "../misuse.h"
#include <trackmem/domain.h>

TRACKMEM_DEFINE_DOMAIN(cache, "cache", NULL);

int main(void)
{
    volatile char *name = hidden(trackmem_malloc(24));

    name[-12] = 1;
    trackmem_transfer(hidden((const void *)name), &cache);
    trackmem_free(hidden((const void *)name));
    return 0;
}
