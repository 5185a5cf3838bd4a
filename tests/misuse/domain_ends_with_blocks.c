/*
 * A domain is destroyed while blocks are charged to it.
 */
#include "misuse.h"

int main(void)
{
    struct trackmem_domain *level = trackmem_domain_create(NULL, "level 1");
    void *mesh = trackmem_malloc_in(level, 3000);
    void *names[3];
    for (int i = 0; i < 3; i++)
        names[i] = trackmem_malloc_in(level, 10);
    (void)trackmem_domain_destroy(level);
    trackmem_free(mesh);
    for (int i = 0; i < 3; i++)
        trackmem_free(names[i]);
    return 0;
}
