/*
 * A driver with a copy of trackmem of its own, linked statically and hidden.
 */
#include <trackmem/observe.h>

#define EXPORTED __attribute__((visibility("default")))

EXPORTED void *copy_malloc(size_t size);
EXPORTED void *copy_aligned_alloc(size_t size);
EXPORTED void copy_free(void *ptr);
EXPORTED void copy_aligned_free(void *ptr);
EXPORTED void copy_set_handler(trackmem_misuse_fn *fn, void *user);
EXPORTED uint64_t copy_live_blocks(void);

void *copy_malloc(size_t size)
{
    return trackmem_malloc(size);
}

void *copy_aligned_alloc(size_t size)
{
    return trackmem_aligned_alloc(4096, size);
}

void copy_free(void *ptr)
{
    trackmem_free(ptr);
}

void copy_aligned_free(void *ptr)
{
    trackmem_aligned_free(ptr);
}

void copy_set_handler(trackmem_misuse_fn *fn, void *user)
{
    trackmem_set_misuse_handler(fn, user);
}

uint64_t copy_live_blocks(void)
{
    struct trackmem_stats stats;
    return trackmem_domain_stats(NULL, true, &stats) == TRACKMEM_OK ? stats.live_blocks
                                                                    : UINT64_MAX;
}
