/*
 * A block of a registered family reaches trackmem_free, and the other way round.
 */
#include "misuse.h"

TRACKMEM_DEFINE_DOMAIN(shaders, "shaders", NULL);

int main(void)
{
    const struct trackmem_family_info ralloc = { "ralloc", "ralloc_size", "ralloc_free" };
    trackmem_family family = trackmem_family_register(&ralloc);
    void *node = trackmem_family_malloc(family, &shaders, 0, 72);
    void *plain = trackmem_malloc(16);
    trackmem_free(hidden(node));
    trackmem_family_free(family, hidden(plain));
    trackmem_family_free(family, node);
    trackmem_free(plain);
    return 0;
}
