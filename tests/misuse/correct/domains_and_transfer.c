/*
 * Blocks are charged, handed on, and their domain ends.
 */
#include "../misuse.h"

int main(void)
{
    struct trackmem_domain *one = trackmem_domain_create(NULL, "one");
    struct trackmem_domain *other = trackmem_domain_create(NULL, "other");
    char *block = trackmem_malloc_in(one, 100);

    if (trackmem_transfer(block, other) != TRACKMEM_OK || trackmem_domain_of(block) != other)
        return 1;
    trackmem_domain_destroy(one);
    trackmem_free(block);
    trackmem_domain_destroy(other);
    return 0;
}
