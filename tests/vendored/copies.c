/*
 * A component with a copy of trackmem of its own (or none at all): compiled once for each, the
 * functions named by COMPONENT.
 */
#include <trackmem/observe.h>

#define JOINED(component, name) component##name
#define JOIN(component, name)   JOINED(component, name)
#define NAME(name)              JOIN(COMPONENT, name)

#define EXPORTED __attribute__((visibility("default")))

EXPORTED void *NAME(_make)(size_t size);
EXPORTED void NAME(_free)(void *ptr);
EXPORTED int NAME(_live)(void);
EXPORTED void NAME(_watch)(trackmem_misuse_fn *fn);

void *NAME(_make)(size_t size)
{
    return trackmem_malloc(size);
}

void NAME(_free)(void *ptr)
{
    trackmem_free(ptr);
}

int NAME(_live)(void)
{
    struct trackmem_stats stats;

    return trackmem_domain_stats(NULL, true, &stats) == TRACKMEM_OK ? (int)stats.live_blocks : -1;
}

void NAME(_watch)(trackmem_misuse_fn *fn)
{
    trackmem_set_misuse_handler(fn, NULL);
}
