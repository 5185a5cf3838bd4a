/*
 * alloc/small_resize.c: resizing in the small profile. What is more is reserved first, what is less
 * given back last, so that a failure leaves all as it was.
 */
#include <string.h>

#include "alloc/small.h"

/* Counts a block that is size bytes now, and was block; its domain has the difference reserved. */
static void recount(const void *caller, const struct tmi_small_block *block, uint32_t size)
{
    struct trackmem_domain *domain = tmi_small_owner(block->w0);
    uint32_t before = tmi_small_size(block->w0);
    uintptr_t state = tmi_critical_enter();
    bool is_soft_crossed;

    ++domain->total_blocks;
    ++domain->freed_blocks;
    if (size < before)
        tmi_small_uncharge(domain, before - size);
    is_soft_crossed = size > before && tmi_small_settle(domain, NULL);
    tmi_critical_leave(state);
    if (is_soft_crossed)
        tmi_small_tell_soft(caller, domain, size - before);
}

/*
 * By the backend, where it can; NULL: nothing happened, since a budget has no room for what is more
 * (*refused), or else the backend cannot. Aligned blocks move by copying: a backend that moves a
 * span may forget how it was aligned.
 */
static void *resize_span(const void *caller, const struct tmi_small_block *block, uint32_t size,
                         bool *refused)
{
    uint32_t old_size = tmi_small_size(block->w0);
    uint32_t growth = size > old_size ? size - old_size : 0;
    const struct trackmem_backend *backend = &tmi_small.backend;
    uint32_t overhead = tmi_small_overhead(block->pad);
    uint32_t w0 = (block->w0 & ~TMI_SMALL_SIZE_MAX) | size |
                  (uint32_t)TMI_SMALL_NEW << TMI_SMALL_STATE_SHIFT;
    char *span = (char *)block->block - block->prefix;

    *refused = false;
    if (backend->reallocate == NULL || block->pad != 0)
        return NULL;
    *refused = growth != 0 && !tmi_small_reserve(caller, tmi_small_owner(block->w0), growth);
    if (*refused)
        return NULL;
    tmi_small_mark_freed(block->block, block->w0); /* what a move leaves behind is */
    span = backend->reallocate(backend->context, span, old_size + overhead, size + overhead,
                               TRACKMEM_ALIGNMENT);
    if (span == NULL) {
        tmi_small_header_of(block->block)->w0 = block->w0;
        if (growth != 0)
            tmi_small_unreserve(tmi_small_owner(block->w0), growth);
        return NULL;
    }
    span += TMI_SMALL_PREFIX;
    tmi_small_write(span, w0, tmi_small_site(caller));
    tmi_small_furnish(span, size - growth, size);
    recount(caller, block, size);
    return span;
}

static void *resize_by_copying(const void *caller, const struct tmi_small_block *block,
                               uint32_t size, uint32_t kind, trackmem_family family)
{
    uint32_t before = tmi_small_size(block->w0);
    void *copy = tmi_small_make(caller, tmi_small_owner(block->w0), size, kind);

    if (copy == NULL)
        return NULL;
    memcpy(copy, block->block, before < size ? before : size);
    tmi_small_release(caller, block->block, family, "trackmem_realloc");
    return copy;
}

void *tmi_small_resize(const void *caller, struct trackmem_domain *domain, void *ptr, size_t size,
                       uint32_t kind)
{
    trackmem_family family = kind & 15;
    struct tmi_small_block block;
    void *resized;
    bool refused;

    if (ptr == NULL)
        return tmi_small_allocate(caller, domain, size, kind);
    if (!tmi_small_inspect(caller, ptr, "trackmem_realloc", &block))
        return NULL;
    if (kind == 0 || size > TMI_SMALL_SIZE_MAX)
        return tmi_small_refuse(caller, tmi_small_owner(block.w0), size,
                                TRACKMEM_SMALL_REFUSED_BY_BACKEND);
    if (tmi_small_family(block.w0) != family) {
        tmi_small_report_mismatch(caller, &block, family, "trackmem_realloc");
        return NULL;
    }
    if (TRACKMEM_REDZONE_BYTES != 0 && !tmi_small_redzone_is_whole(&block))
        tmi_small_report_overrun(caller, &block, "trackmem_realloc");
    if (kind >> 4 < block.pad)
        kind = tmi_small_kind(family, block.pad);
    if (tmi_small.fails != NULL && tmi_small.fails())
        return tmi_small_refuse(caller, tmi_small_owner(block.w0), size,
                                TRACKMEM_SMALL_REFUSED_ON_PURPOSE);
    if (kind >> 4 == block.pad) {
        resized = resize_span(caller, &block, (uint32_t)size, &refused);
        if (resized != NULL || refused)
            return resized;
    }
    return resize_by_copying(caller, &block, (uint32_t)size, kind, family);
}
