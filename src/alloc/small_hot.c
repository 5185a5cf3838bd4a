/*
 * alloc/small_hot.c: trackmem_malloc and trackmem_free of the small profile, and the general forms
 * that most verbs end in.
 *
 * The critical section is entered three times for a pair: to reserve, to count what the backend
 * gave, and to end a block. In none of them a function of the program or the backend is called.
 */
#include "alloc/small.h"

struct tmi_small tmi_small;

static void *take_span(const void *caller, struct trackmem_domain *domain, size_t size,
                       size_t alignment)
{
    void *span = NULL;

    if (tmi_small.backend.allocate == NULL)
        return NULL;
    do
        span = tmi_small.backend.allocate(tmi_small.backend.context, size, alignment);
    while (TMI_UNLIKELY(span == NULL) && tmi_small_ask_for_memory(caller, domain, size));
    return span;
}

/* As tmi_small_domain, and a charge to one that has ended is reported, once. */
static struct trackmem_domain *target(const void *caller, struct trackmem_domain *domain)
{
    if (domain == NULL)
        return &tmi_small_process;
    if (TMI_LIKELY(domain->id != 0))
        return domain;
    if ((domain->flags & (TMI_SMALL_ENDED | TMI_SMALL_END_REPORTED)) == TMI_SMALL_ENDED) {
        domain->flags |= TMI_SMALL_END_REPORTED;
        tmi_small_report_ended(caller, domain);
    }
    return tmi_small_join(domain);
}

void *tmi_small_make(const void *caller, struct trackmem_domain *domain, size_t size, uint32_t kind)
{
    uint32_t alignment = kind >> 4;
    uint32_t prefix = TMI_LIKELY(alignment == 0) ? TMI_SMALL_PREFIX : alignment;
    uint32_t bytes = (uint32_t)size + prefix + TRACKMEM_REDZONE_BYTES;
    bool is_soft_crossed;
    uintptr_t state;
    uint32_t w0;
    char *span;

    domain = target(caller, domain);
    if (!tmi_small_reserve(caller, domain, bytes))
        return NULL;
    span = take_span(caller, domain, bytes, alignment != 0 ? alignment : TRACKMEM_ALIGNMENT);
    if (TMI_UNLIKELY(span == NULL)) {
        tmi_small_unreserve(domain, bytes);
        return tmi_small_refuse(caller, domain, size, TRACKMEM_SMALL_REFUSED_BY_BACKEND);
    }
    w0 = tmi_small_w0((uint32_t)size, kind & 15, domain);
    if (TMI_LIKELY(alignment == 0)) {
        tmi_small_write(span + TMI_SMALL_PREFIX, w0, tmi_small_site(caller));
    } else {
        tmi_small_make_aligned(span, w0, tmi_small_site(caller), alignment);
    }
    if (TRACKMEM_REDZONE_BYTES != 0)
        tmi_small_write_redzone(span + prefix, (uint32_t)size);
    state = trackmem_critical_enter();
    ++domain->live_blocks;
    ++domain->total_blocks;
    domain->live_bytes += (uint32_t)size;
    is_soft_crossed = tmi_small_settle(domain);
    trackmem_critical_leave(state);
    if (TMI_UNLIKELY(is_soft_crossed))
        tmi_small_tell_soft(caller, domain, bytes);
    return span + prefix;
}

void *tmi_small_allocate(const void *caller, struct trackmem_domain *domain, size_t size,
                         uint32_t kind)
{
    if (TMI_UNLIKELY(size > TMI_SMALL_SIZE_MAX || kind == 0))
        return tmi_small_refuse(caller, domain, size, TRACKMEM_SMALL_REFUSED_BY_BACKEND);
    if (TMI_UNLIKELY(tmi_small.fails != NULL) && tmi_small.fails())
        return tmi_small_refuse(caller, domain, size, TRACKMEM_SMALL_REFUSED_ON_PURPOSE);
    return tmi_small_make(caller, domain, size, kind);
}

void tmi_small_release(const void *caller, void *ptr, trackmem_family family, const char *verb)
{
    const struct trackmem_backend *backend = &tmi_small.backend;
    struct tmi_small_block block;
    struct trackmem_domain *domain;
    uintptr_t state;
    uint32_t bytes;

    if (ptr == NULL)
        return;
    state = trackmem_critical_enter();
    if (TMI_UNLIKELY(tmi_small_read(ptr, &block) != TMI_SMALL_LIVE)) {
        trackmem_critical_leave(state);
        tmi_small_report_not_live(caller, ptr, family, verb);
        return;
    }
    if (TMI_UNLIKELY(tmi_small_family(block.w0) != family)) {
        trackmem_critical_leave(state);
        tmi_small_report_mismatch(caller, &block, family, verb);
        return;
    }
    bytes = tmi_small_size(block.w0);
    domain = tmi_small_owner(block.w0);
    tmi_small_mark(ptr, block.w0, TMI_SMALL_FREED);
    tmi_small_bury(&block, caller);
    --domain->live_blocks;
    domain->live_bytes -= bytes;
    bytes += tmi_small_overhead(block.prefix);
    tmi_small_uncharge(domain, bytes);
    trackmem_critical_leave(state);
    if (TRACKMEM_REDZONE_BYTES != 0 && !tmi_small_redzone_is_whole(&block))
        tmi_small_report_overrun(caller, &block, verb);
    backend->free(backend->context, (char *)ptr - block.prefix, bytes, block.prefix);
}

TMI_SMALL_VERB void *trackmem_malloc_at(struct trackmem_site *site, size_t size)
{
    return tmi_small_allocate(TMI_SMALL_CALLER, tmi_small_default(site), size, TMI_SMALL_PLAIN);
}

TMI_SMALL_VERB void trackmem_free_at(struct trackmem_site *site, void *ptr)
{
    (void)site;
    tmi_small_release(TMI_SMALL_CALLER, ptr, TRACKMEM_FAMILY_PLAIN, NULL);
}
