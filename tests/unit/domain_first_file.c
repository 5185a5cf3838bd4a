/*
 * A file whose default domain is first_file_domain.
 */
#define TRACKMEM_DOMAIN first_file_domain
#include "domain_files.h"

TRACKMEM_DEFINE_DOMAIN(first_file_domain, "first file", NULL);

void *first_file_malloc(size_t size)
{
    return trackmem_malloc(size);
}

void *first_file_malloc_in(struct trackmem_domain *domain, size_t size)
{
    return trackmem_malloc_in(domain, size);
}
