/*
 * alloc/verbs.c: the public verbs that take their site, as names for the general forms of verb.h.
 * trackmem_malloc and trackmem_free, on which most programs spend their calls, stand in hot.c.
 */
#include <string.h>

#include "alloc/check.h"
#include "alloc/verb.h"
#include "base/checked.h"

#define NO_TARGET  ((struct tmi_target){ false, NULL })
#define IN(domain) ((struct tmi_target){ true, domain })
#define PLAIN(name, site, target) \
    (&(struct tmi_verb){ name, TRACKMEM_FAMILY_PLAIN, site, target, TMI_FRAME() })
#define ALIGNED(name, site, target) \
    (&(struct tmi_verb){ name, TRACKMEM_FAMILY_ALIGNED, site, target, TMI_FRAME() })

/* So many bytes that no size_t holds them. */
static void *refuse_product(const struct tmi_verb *verb, size_t count, size_t size)
{
    void *none = tmi_refuse(verb);

    tmi_check_size(verb, count, size);
    return none;
}

static void *allocate_zeroed(const struct tmi_verb *verb, size_t count, size_t size)
{
    size_t bytes;

    return tmi_checked_multiply(count, size, &bytes) ? tmi_allocate(verb, 0, bytes, true)
                                                     : refuse_product(verb, count, size);
}

void *trackmem_calloc_at(struct trackmem_site *site, size_t count, size_t size)
{
    return allocate_zeroed(PLAIN("trackmem_calloc", site, NO_TARGET), count, size);
}

void *trackmem_calloc_in_at(struct trackmem_site *site, struct trackmem_domain *domain,
                            size_t count, size_t size)
{
    return allocate_zeroed(PLAIN("trackmem_calloc", site, IN(domain)), count, size);
}

void *trackmem_realloc_at(struct trackmem_site *site, void *ptr, size_t size)
{
    return tmi_resize(PLAIN("trackmem_realloc", site, NO_TARGET), ptr, 0, size);
}

void *trackmem_realloc_in_at(struct trackmem_site *site, struct trackmem_domain *domain, void *ptr,
                             size_t size)
{
    return tmi_resize(PLAIN("trackmem_realloc", site, IN(domain)), ptr, 0, size);
}

static void *resize_array(const struct tmi_verb *verb, void *ptr, size_t count, size_t size)
{
    size_t bytes;

    return tmi_checked_multiply(count, size, &bytes) ? tmi_resize(verb, ptr, 0, bytes)
                                                     : refuse_product(verb, count, size);
}

void *trackmem_reallocarray_at(struct trackmem_site *site, void *ptr, size_t count, size_t size)
{
    return resize_array(PLAIN("trackmem_reallocarray", site, NO_TARGET), ptr, count, size);
}

void *trackmem_reallocarray_in_at(struct trackmem_site *site, struct trackmem_domain *domain,
                                  void *ptr, size_t count, size_t size)
{
    return resize_array(PLAIN("trackmem_reallocarray", site, IN(domain)), ptr, count, size);
}

static void *allocate_aligned(const struct tmi_verb *verb, size_t alignment, size_t size)
{
    return alignment != 0 ? tmi_allocate(verb, alignment, size, false) : tmi_refuse(verb);
}

void *trackmem_aligned_alloc_at(struct trackmem_site *site, size_t alignment, size_t size)
{
    return allocate_aligned(ALIGNED("trackmem_aligned_alloc", site, NO_TARGET), alignment, size);
}

void *trackmem_aligned_alloc_in_at(struct trackmem_site *site, struct trackmem_domain *domain,
                                   size_t alignment, size_t size)
{
    return allocate_aligned(ALIGNED("trackmem_aligned_alloc", site, IN(domain)), alignment, size);
}

static void *resize_aligned(const struct tmi_verb *verb, void *ptr, size_t alignment, size_t size)
{
    return alignment != 0 ? tmi_resize(verb, ptr, alignment, size) : tmi_refuse(verb);
}

void *trackmem_aligned_realloc_at(struct trackmem_site *site, void *ptr, size_t alignment,
                                  size_t size)
{
    return resize_aligned(ALIGNED("trackmem_aligned_realloc", site, NO_TARGET), ptr, alignment,
                          size);
}

void *trackmem_aligned_realloc_in_at(struct trackmem_site *site, struct trackmem_domain *domain,
                                     void *ptr, size_t alignment, size_t size)
{
    return resize_aligned(ALIGNED("trackmem_aligned_realloc", site, IN(domain)), ptr, alignment,
                          size);
}

static void *duplicate(const struct tmi_verb *verb, const void *source, size_t size)
{
    void *block = tmi_allocate(verb, 0, size, false);

    if (block != NULL && size != 0)
        memcpy(block, source, size);
    return block;
}

void *trackmem_memdup_at(struct trackmem_site *site, const void *source, size_t size)
{
    return duplicate(PLAIN("trackmem_memdup", site, NO_TARGET), source, size);
}

void *trackmem_memdup_in_at(struct trackmem_site *site, struct trackmem_domain *domain,
                            const void *source, size_t size)
{
    return duplicate(PLAIN("trackmem_memdup", site, IN(domain)), source, size);
}

void trackmem_free_sized_at(struct trackmem_site *site, void *ptr, size_t size)
{
    tmi_release(PLAIN("trackmem_free_sized", site, NO_TARGET), ptr, &size);
}

void trackmem_aligned_free_at(struct trackmem_site *site, void *ptr)
{
    tmi_release(ALIGNED("trackmem_aligned_free", site, NO_TARGET), ptr, NULL);
}

/* The C library's blocks have no header of ours, and a family that nobody registered has none. */
static bool family_has_blocks(trackmem_family family)
{
    return family != TRACKMEM_FAMILY_LIBC && tmi_family_info(family) != tmi_family_info(0);
}

void *trackmem_family_malloc_at(struct trackmem_site *site, trackmem_family family,
                                struct trackmem_domain *domain, size_t alignment, size_t size)
{
    struct tmi_verb verb = { "trackmem_family_malloc", family, site, IN(domain), TMI_FRAME() };

    return family_has_blocks(family) ? tmi_allocate(&verb, alignment, size, false)
                                     : tmi_refuse(&verb);
}

void *trackmem_family_realloc_at(struct trackmem_site *site, trackmem_family family, void *ptr,
                                 size_t alignment, size_t size)
{
    struct tmi_verb verb = { "trackmem_family_realloc", family, site, NO_TARGET, TMI_FRAME() };

    return family_has_blocks(family) ? tmi_resize(&verb, ptr, alignment, size) : tmi_refuse(&verb);
}

void trackmem_family_free_at(struct trackmem_site *site, trackmem_family family, void *ptr)
{
    struct tmi_verb verb = { NULL, family, site, NO_TARGET, TMI_FRAME() };

    tmi_release(&verb, ptr, NULL);
}

void trackmem_trim(void)
{
    struct tmi_thread *thread = tmi_thread_find();

    if (thread != NULL)
        tmi_reuse_trim(&thread->nest.reuse);
}
