/*
 * A domain ends when all of its blocks are freed, by whomever.
 */
#include <trackmem/domain.h>

#include "../misuse.h"

int main(void)
{
    for (int i = 0; i < 50; i++) {
        struct trackmem_domain *domain = trackmem_domain_create(NULL, "passing");
        void *block = trackmem_malloc_in(domain, 100);

        trackmem_free(trackmem_realloc(block, 200));
        if (trackmem_domain_destroy(domain) != TRACKMEM_OK)
            return 1;
    }
    return 0;
}
