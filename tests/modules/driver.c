/*
 * A driver that is dlopened: uses the program's trackmem, with a domain and sites of its own.
 */
#include <trackmem/domain.h>

#define EXPORTED __attribute__((visibility("default")))

static TRACKMEM_DEFINE_DOMAIN(driver_domain, "driver module", NULL);

EXPORTED void *driver_malloc(size_t size);
EXPORTED void *driver_default_malloc(size_t size);
EXPORTED void driver_free(void *ptr);
EXPORTED struct trackmem_domain *driver_get_domain(void);

void *driver_malloc(size_t size)
{
    return trackmem_malloc_in(&driver_domain, size);
}

void *driver_default_malloc(size_t size)
{
    return trackmem_malloc(size);
}

void driver_free(void *ptr)
{
    trackmem_free(ptr);
}

struct trackmem_domain *driver_get_domain(void)
{
    return &driver_domain;
}
