/*
 * A file whose default domain nobody else sees.
 */
#define TRACKMEM_STATIC_DOMAIN static_file_domain
#include "domain_files.h"

static TRACKMEM_DEFINE_DOMAIN(static_file_domain, "static file", NULL);

void *static_file_malloc(size_t size)
{
    return trackmem_malloc(size);
}
