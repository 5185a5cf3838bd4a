/*
 * A file whose default domain is second_file_domain.
 */
#define TRACKMEM_DOMAIN second_file_domain
#include "domain_files.h"

TRACKMEM_DEFINE_DOMAIN(second_file_domain, "second file", NULL);

void *second_file_malloc(size_t size)
{
    return trackmem_malloc(size);
}
