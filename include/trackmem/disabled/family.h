/*
 * trackmem/disabled/family.h: families where TRACKMEM_DISABLE is defined: nobody tells them apart.
 * Private to family.h.
 */
#ifndef TRACKMEM_DISABLED_FAMILY_H
#define TRACKMEM_DISABLED_FAMILY_H

#ifdef __cplusplus
extern "C" {
#endif

/* One number stands for all that are registered. */
#define TRACKMEM_OFF_FAMILY_ 4u

TRACKMEM_API trackmem_family trackmem_family_register(const struct trackmem_family_info *info)
{
    return info != NULL && info->name != NULL && info->free_verb != NULL ? TRACKMEM_OFF_FAMILY_
                                                                         : TRACKMEM_FAMILY_NONE;
}

TRACKMEM_API void *trackmem_family_malloc_at(struct trackmem_site *site, trackmem_family family,
                                             struct trackmem_domain *domain, size_t alignment,
                                             size_t size)
{
    TRACKMEM_OFF_IGNORE_(site);
    TRACKMEM_OFF_IGNORE_(family);
    TRACKMEM_OFF_IGNORE_(domain);
    return trackmem_aligned_alloc(alignment != 0 ? alignment : TRACKMEM_ALIGNMENT, size);
}

TRACKMEM_API void *trackmem_family_realloc_at(struct trackmem_site *site, trackmem_family family,
                                              void *ptr, size_t alignment, size_t size)
{
    TRACKMEM_OFF_IGNORE_(site);
    TRACKMEM_OFF_IGNORE_(family);
    return trackmem_aligned_realloc(ptr, alignment != 0 ? alignment : TRACKMEM_ALIGNMENT, size);
}

TRACKMEM_API void trackmem_family_free_at(struct trackmem_site *site, trackmem_family family,
                                          void *ptr)
{
    TRACKMEM_OFF_IGNORE_(site);
    TRACKMEM_OFF_IGNORE_(family);
    trackmem_aligned_free(ptr);
}

TRACKMEM_API enum trackmem_status trackmem_family_set_describe(trackmem_family family,
                                                               trackmem_describe_fn *fn, void *user)
{
    TRACKMEM_OFF_IGNORE_(fn);
    TRACKMEM_OFF_IGNORE_(user);
    return family == TRACKMEM_OFF_FAMILY_ ? TRACKMEM_OK : TRACKMEM_NOT_FOUND;
}

TRACKMEM_API const char *trackmem_family_name(trackmem_family family)
{
    switch (family) {
    case TRACKMEM_FAMILY_PLAIN: return "trackmem";
    case TRACKMEM_FAMILY_ALIGNED: return "aligned";
    case TRACKMEM_FAMILY_LIBC: return "libc";
    default: return "unknown";
    }
}

#ifdef __cplusplus
}
#endif

#endif
