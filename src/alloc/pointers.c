/*
 * alloc/pointers.c: the verbs as functions, for pointers to them and for callers without macros.
 * The return address stands in for the call site.
 */
#include "trackmem/observe.h"

#include "account/site.h"
#include "base/compiler.h"

#define HERE tmi_site_handle_of_address(TMI_RETURN_ADDRESS())

void *(trackmem_malloc)(size_t size)
{
    return trackmem_malloc_at(HERE, size);
}

void *(trackmem_malloc_in)(struct trackmem_domain *domain, size_t size)
{
    return trackmem_malloc_in_at(HERE, domain, size);
}

void *(trackmem_calloc)(size_t count, size_t size)
{
    return trackmem_calloc_at(HERE, count, size);
}

void *(trackmem_calloc_in)(struct trackmem_domain *domain, size_t count, size_t size)
{
    return trackmem_calloc_in_at(HERE, domain, count, size);
}

void *(trackmem_realloc)(void *ptr, size_t size)
{
    return trackmem_realloc_at(HERE, ptr, size);
}

void *(trackmem_realloc_in)(struct trackmem_domain *domain, void *ptr, size_t size)
{
    return trackmem_realloc_in_at(HERE, domain, ptr, size);
}

void *(trackmem_reallocarray)(void *ptr, size_t count, size_t size)
{
    return trackmem_reallocarray_at(HERE, ptr, count, size);
}

void *(trackmem_reallocarray_in)(struct trackmem_domain *domain, void *ptr, size_t count,
                                 size_t size)
{
    return trackmem_reallocarray_in_at(HERE, domain, ptr, count, size);
}

void *(trackmem_aligned_alloc)(size_t alignment, size_t size)
{
    return trackmem_aligned_alloc_at(HERE, alignment, size);
}

void *(trackmem_aligned_alloc_in)(struct trackmem_domain *domain, size_t alignment, size_t size)
{
    return trackmem_aligned_alloc_in_at(HERE, domain, alignment, size);
}

void *(trackmem_aligned_realloc)(void *ptr, size_t alignment, size_t size)
{
    return trackmem_aligned_realloc_at(HERE, ptr, alignment, size);
}

void *(trackmem_aligned_realloc_in)(struct trackmem_domain *domain, void *ptr, size_t alignment,
                                    size_t size)
{
    return trackmem_aligned_realloc_in_at(HERE, domain, ptr, alignment, size);
}

void *(trackmem_memdup)(const void *source, size_t size)
{
    return trackmem_memdup_at(HERE, source, size);
}

void *(trackmem_memdup_in)(struct trackmem_domain *domain, const void *source, size_t size)
{
    return trackmem_memdup_in_at(HERE, domain, source, size);
}

void(trackmem_free)(void *ptr)
{
    trackmem_free_at(HERE, ptr);
}

void(trackmem_free_sized)(void *ptr, size_t size)
{
    trackmem_free_sized_at(HERE, ptr, size);
}

void(trackmem_aligned_free)(void *ptr)
{
    trackmem_aligned_free_at(HERE, ptr);
}

enum trackmem_status(trackmem_adopt)(void *ptr, size_t size)
{
    return trackmem_adopt_at(HERE, ptr, size);
}

void *(trackmem_export)(void *ptr)
{
    return trackmem_export_at(HERE, ptr);
}

enum trackmem_status(trackmem_domain_destroy)(struct trackmem_domain *domain)
{
    return trackmem_domain_destroy_at(HERE, domain);
}

enum trackmem_status(trackmem_transfer)(void *ptr, struct trackmem_domain *domain)
{
    return trackmem_transfer_at(HERE, ptr, domain);
}

bool(trackmem_check)(const void *ptr)
{
    return trackmem_check_at(HERE, ptr);
}

size_t(trackmem_check_all)(void)
{
    return trackmem_check_all_at(HERE);
}

uint64_t(trackmem_check_leaks)(void)
{
    return trackmem_check_leaks_at(HERE);
}

uint64_t(trackmem_end_report)(struct trackmem_window *window)
{
    return trackmem_end_report_at(HERE, window);
}
