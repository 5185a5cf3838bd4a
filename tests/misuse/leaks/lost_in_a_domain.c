/*
 * A block of a domain is lost while the domain lives.
 */
#include "lose.h"

static struct trackmem_domain *cache;

static void load(void)
{
    (void)hidden(trackmem_malloc_in(cache, 64));
}

int main(void)
{
    cache = trackmem_domain_create(trackmem_domain_create(NULL, "driver"), "cache");
    far_down(load);
    return 0;
}
