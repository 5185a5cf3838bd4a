/*
 * alloc/small_pointers.c: the verbs of the small profile as functions, for pointers to them and for
 * callers without macros. They know no default domain of a file.
 */
#include "alloc/small.h"

#define HERE        TMI_SMALL_CALLER
#define DEFAULT     tmi_small_default(NULL)
#define IN(domain)  tmi_small_in(NULL, domain)
#define PLAIN       TMI_SMALL_PLAIN
#define ALIGNED(at) ((at) != 0 ? tmi_small_kind_for(TRACKMEM_FAMILY_ALIGNED, at) : 0)

void *(trackmem_malloc)(size_t size)
{
    return tmi_small_allocate(HERE, DEFAULT, size, PLAIN);
}

void *(trackmem_malloc_in)(struct trackmem_domain *domain, size_t size)
{
    return tmi_small_allocate(HERE, IN(domain), size, PLAIN);
}

void *(trackmem_calloc)(size_t count, size_t size)
{
    return tmi_small_allocate_zeroed(HERE, DEFAULT, count, size);
}

void *(trackmem_calloc_in)(struct trackmem_domain *domain, size_t count, size_t size)
{
    return tmi_small_allocate_zeroed(HERE, IN(domain), count, size);
}

void *(trackmem_realloc)(void *ptr, size_t size)
{
    return tmi_small_resize(HERE, DEFAULT, ptr, size, PLAIN);
}

void *(trackmem_realloc_in)(struct trackmem_domain *domain, void *ptr, size_t size)
{
    return tmi_small_resize(HERE, IN(domain), ptr, size, PLAIN);
}

void *(trackmem_reallocarray)(void *ptr, size_t count, size_t size)
{
    return tmi_small_resize(HERE, DEFAULT, ptr, tmi_small_product(count, size), PLAIN);
}

void *(trackmem_reallocarray_in)(struct trackmem_domain *domain, void *ptr, size_t count,
                                 size_t size)
{
    return tmi_small_resize(HERE, IN(domain), ptr, tmi_small_product(count, size), PLAIN);
}

void *(trackmem_aligned_alloc)(size_t alignment, size_t size)
{
    return tmi_small_allocate(HERE, DEFAULT, size, ALIGNED(alignment));
}

void *(trackmem_aligned_alloc_in)(struct trackmem_domain *domain, size_t alignment, size_t size)
{
    return tmi_small_allocate(HERE, IN(domain), size, ALIGNED(alignment));
}

void *(trackmem_aligned_realloc)(void *ptr, size_t alignment, size_t size)
{
    return tmi_small_resize(HERE, DEFAULT, ptr, size, ALIGNED(alignment));
}

void *(trackmem_aligned_realloc_in)(struct trackmem_domain *domain, void *ptr, size_t alignment,
                                    size_t size)
{
    return tmi_small_resize(HERE, IN(domain), ptr, size, ALIGNED(alignment));
}

void *(trackmem_memdup)(const void *source, size_t size)
{
    return tmi_small_duplicate(HERE, DEFAULT, source, size);
}

void *(trackmem_memdup_in)(struct trackmem_domain *domain, const void *source, size_t size)
{
    return tmi_small_duplicate(HERE, IN(domain), source, size);
}

void(trackmem_free)(void *ptr)
{
    tmi_small_release(HERE, ptr, TRACKMEM_FAMILY_PLAIN, NULL);
}

void(trackmem_free_sized)(void *ptr, size_t size)
{
    tmi_small_release_sized(HERE, ptr, size);
}

void(trackmem_aligned_free)(void *ptr)
{
    tmi_small_release(HERE, ptr, TRACKMEM_FAMILY_ALIGNED, NULL);
}

enum trackmem_status(trackmem_domain_destroy)(struct trackmem_domain *domain)
{
    return tmi_small_destroy(HERE, domain);
}

enum trackmem_status(trackmem_transfer)(void *ptr, struct trackmem_domain *domain)
{
    return tmi_small_transfer(HERE, ptr, domain);
}
