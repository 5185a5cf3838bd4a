/*
 * alloc/small_verbs.c: the public verbs of the small profile that take their site, as names for the
 * general forms of small.h; small_hot.c has the plainest.
 */
#include <string.h>

#include "alloc/small.h"
#include "base/checked.h"

#define ALIGNED TRACKMEM_FAMILY_ALIGNED

uint32_t tmi_small_kind_for(trackmem_family family, size_t alignment)
{
    bool can_be = (alignment & (alignment - 1)) == 0 && alignment <= TMI_SMALL_SIZE_MAX &&
                  family != TRACKMEM_FAMILY_LIBC && tmi_family_info(family) != tmi_family_info(0);

    return can_be ? tmi_small_kind(family, (uint32_t)alignment) : 0;
}

/* An alignment of 0 is none that an aligned verb takes. */
static uint32_t aligned_kind(size_t alignment)
{
    return alignment != 0 ? tmi_small_kind_for(ALIGNED, alignment) : 0;
}

size_t tmi_small_product(size_t count, size_t size)
{
    size_t bytes;

    return tmi_checked_multiply(count, size, &bytes) ? bytes : SIZE_MAX;
}

void *tmi_small_allocate_zeroed(const void *caller, struct trackmem_domain *domain, size_t count,
                                size_t size)
{
    size_t bytes = tmi_small_product(count, size);
    void *block = tmi_small_allocate(caller, domain, bytes, TMI_SMALL_PLAIN);

    return block != NULL ? memset(block, 0, bytes) : NULL;
}

void *tmi_small_duplicate(const void *caller, struct trackmem_domain *domain, const void *source,
                          size_t size)
{
    void *block = tmi_small_allocate(caller, domain, size, TMI_SMALL_PLAIN);

    if (block != NULL && size != 0)
        memcpy(block, source, size);
    return block;
}

TMI_SMALL_VERB void *trackmem_calloc_at(struct trackmem_site *site, size_t count, size_t size)
{
    return tmi_small_allocate_zeroed(TMI_SMALL_CALLER, tmi_small_default(site), count, size);
}

TMI_SMALL_VERB void *trackmem_calloc_in_at(struct trackmem_site *site,
                                           struct trackmem_domain *domain, size_t count,
                                           size_t size)
{
    return tmi_small_allocate_zeroed(TMI_SMALL_CALLER, tmi_small_in(site, domain), count, size);
}

TMI_SMALL_VERB void *trackmem_realloc_at(struct trackmem_site *site, void *ptr, size_t size)
{
    return tmi_small_resize(TMI_SMALL_CALLER, tmi_small_default(site), ptr, size, TMI_SMALL_PLAIN);
}

TMI_SMALL_VERB void *trackmem_realloc_in_at(struct trackmem_site *site,
                                            struct trackmem_domain *domain, void *ptr, size_t size)
{
    return tmi_small_resize(TMI_SMALL_CALLER, tmi_small_in(site, domain), ptr, size,
                            TMI_SMALL_PLAIN);
}

TMI_SMALL_VERB void *trackmem_reallocarray_at(struct trackmem_site *site, void *ptr, size_t count,
                                              size_t size)
{
    return tmi_small_resize(TMI_SMALL_CALLER, tmi_small_default(site), ptr,
                            tmi_small_product(count, size), TMI_SMALL_PLAIN);
}

TMI_SMALL_VERB void *trackmem_reallocarray_in_at(struct trackmem_site *site,
                                                 struct trackmem_domain *domain, void *ptr,
                                                 size_t count, size_t size)
{
    return tmi_small_resize(TMI_SMALL_CALLER, tmi_small_in(site, domain), ptr,
                            tmi_small_product(count, size), TMI_SMALL_PLAIN);
}

TMI_SMALL_VERB void *trackmem_aligned_alloc_at(struct trackmem_site *site, size_t alignment,
                                               size_t size)
{
    return tmi_small_allocate(TMI_SMALL_CALLER, tmi_small_default(site), size,
                              aligned_kind(alignment));
}

TMI_SMALL_VERB void *trackmem_aligned_alloc_in_at(struct trackmem_site *site,
                                                  struct trackmem_domain *domain, size_t alignment,
                                                  size_t size)
{
    return tmi_small_allocate(TMI_SMALL_CALLER, tmi_small_in(site, domain), size,
                              aligned_kind(alignment));
}

TMI_SMALL_VERB void *trackmem_aligned_realloc_at(struct trackmem_site *site, void *ptr,
                                                 size_t alignment, size_t size)
{
    return tmi_small_resize(TMI_SMALL_CALLER, tmi_small_default(site), ptr, size,
                            aligned_kind(alignment));
}

TMI_SMALL_VERB void *trackmem_aligned_realloc_in_at(struct trackmem_site *site,
                                                    struct trackmem_domain *domain, void *ptr,
                                                    size_t alignment, size_t size)
{
    return tmi_small_resize(TMI_SMALL_CALLER, tmi_small_in(site, domain), ptr, size,
                            aligned_kind(alignment));
}

TMI_SMALL_VERB void *trackmem_memdup_at(struct trackmem_site *site, const void *source, size_t size)
{
    return tmi_small_duplicate(TMI_SMALL_CALLER, tmi_small_default(site), source, size);
}

TMI_SMALL_VERB void *trackmem_memdup_in_at(struct trackmem_site *site,
                                           struct trackmem_domain *domain, const void *source,
                                           size_t size)
{
    return tmi_small_duplicate(TMI_SMALL_CALLER, tmi_small_in(site, domain), source, size);
}

/* Out of line: in line gcc 12 at -O3 thinks that the block is gone where it is told of. */
TMI_NOINLINE void tmi_small_release_sized(const void *caller, void *ptr, size_t size)
{
    static const char verb[] = "trackmem_free_sized";
    struct tmi_small_block block;

    if (!tmi_small_inspect(caller, ptr, verb, &block))
        return;
    if (tmi_small_family(block.w0) == TRACKMEM_FAMILY_PLAIN && tmi_small_size(block.w0) != size)
        tmi_small_report_size(caller, &block, verb, size);
    tmi_small_release(caller, ptr, TRACKMEM_FAMILY_PLAIN, verb);
}

TMI_SMALL_VERB void trackmem_free_sized_at(struct trackmem_site *site, void *ptr, size_t size)
{
    (void)site;
    tmi_small_release_sized(TMI_SMALL_CALLER, ptr, size);
}

TMI_SMALL_VERB void trackmem_aligned_free_at(struct trackmem_site *site, void *ptr)
{
    (void)site;
    tmi_small_release(TMI_SMALL_CALLER, ptr, ALIGNED, NULL);
}

TMI_SMALL_VERB void *trackmem_family_malloc_at(struct trackmem_site *site, trackmem_family family,
                                               struct trackmem_domain *domain, size_t alignment,
                                               size_t size)
{
    return tmi_small_allocate(TMI_SMALL_CALLER, tmi_small_in(site, domain), size,
                              tmi_small_kind_for(family, alignment));
}

TMI_SMALL_VERB void *trackmem_family_realloc_at(struct trackmem_site *site, trackmem_family family,
                                                void *ptr, size_t alignment, size_t size)
{
    return tmi_small_resize(TMI_SMALL_CALLER, tmi_small_default(site), ptr, size,
                            tmi_small_kind_for(family, alignment));
}

TMI_SMALL_VERB void trackmem_family_free_at(struct trackmem_site *site, trackmem_family family,
                                            void *ptr)
{
    (void)site;
    tmi_small_release(TMI_SMALL_CALLER, ptr, family, NULL);
}
