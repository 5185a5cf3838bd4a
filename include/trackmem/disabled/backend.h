/*
 * trackmem/disabled/backend.h: backends where TRACKMEM_DISABLE is defined: the C library's is the
 * only one, and none can be set. Private to backend.h.
 */
#ifndef TRACKMEM_DISABLED_BACKEND_H
#define TRACKMEM_DISABLED_BACKEND_H

#include <stdlib.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

TRACKMEM_API enum trackmem_status trackmem_set_backend(const struct trackmem_backend *backend)
{
    TRACKMEM_OFF_IGNORE_(backend);
    return TRACKMEM_UNSUPPORTED;
}

TRACKMEM_API enum trackmem_status trackmem_domain_set_backend(
    struct trackmem_domain *domain, const struct trackmem_backend *backend)
{
    TRACKMEM_OFF_IGNORE_(domain);
    TRACKMEM_OFF_IGNORE_(backend);
    return TRACKMEM_UNSUPPORTED;
}

/* As of the library's, only TRACKMEM_ALIGNMENT is asked of it. */
TRACKMEM_API void *trackmem_off_allocate_(void *context, size_t size, size_t alignment)
{
    TRACKMEM_OFF_IGNORE_(context);
    TRACKMEM_OFF_IGNORE_(alignment);
    return malloc(size);
}

TRACKMEM_API void *trackmem_off_allocate_zeroed_(void *context, size_t size, size_t alignment)
{
    TRACKMEM_OFF_IGNORE_(context);
    TRACKMEM_OFF_IGNORE_(alignment);
    return calloc(1, size);
}

TRACKMEM_API void *trackmem_off_reallocate_(void *context, void *span, size_t old_size,
                                            size_t new_size, size_t alignment)
{
    TRACKMEM_OFF_IGNORE_(context);
    TRACKMEM_OFF_IGNORE_(old_size);
    TRACKMEM_OFF_IGNORE_(alignment);
    return realloc(span, new_size);
}

TRACKMEM_API void trackmem_off_free_(void *context, void *span, size_t size, size_t alignment)
{
    TRACKMEM_OFF_IGNORE_(context);
    TRACKMEM_OFF_IGNORE_(size);
    TRACKMEM_OFF_IGNORE_(alignment);
    free(span);
}

TRACKMEM_API const struct trackmem_backend *trackmem_backend_libc(void)
{
    static const struct trackmem_backend backend = {
        "libc",
        NULL,
        trackmem_off_allocate_,
        trackmem_off_allocate_zeroed_,
        trackmem_off_reallocate_,
        trackmem_off_free_,
    };

    return &backend;
}

TRACKMEM_API const struct trackmem_backend *trackmem_backend_mimalloc(void)
{
    return NULL;
}

TRACKMEM_API enum trackmem_status trackmem_region_init(struct trackmem_region *region, void *buffer,
                                                       size_t bytes)
{
    TRACKMEM_OFF_IGNORE_(buffer);
    TRACKMEM_OFF_IGNORE_(bytes);
    memset(region, 0, sizeof *region);
    return TRACKMEM_UNSUPPORTED;
}

TRACKMEM_API enum trackmem_status trackmem_region_finish(struct trackmem_region *region)
{
    TRACKMEM_OFF_IGNORE_(region);
    return TRACKMEM_OK;
}

TRACKMEM_API const struct trackmem_backend *trackmem_region_backend(struct trackmem_region *region)
{
    TRACKMEM_OFF_IGNORE_(region);
    return trackmem_backend_libc();
}

TRACKMEM_API void trackmem_region_stats(struct trackmem_region *region,
                                        struct trackmem_region_figures *stats)
{
    TRACKMEM_OFF_IGNORE_(region);
    memset(stats, 0, sizeof *stats);
}

TRACKMEM_API bool trackmem_region_is_intact(struct trackmem_region *region)
{
    TRACKMEM_OFF_IGNORE_(region);
    return true;
}

#ifdef __cplusplus
}
#endif

#endif
