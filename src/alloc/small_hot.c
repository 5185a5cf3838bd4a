/*
 * alloc/small_hot.c: trackmem_malloc and trackmem_free of the small profile, and the general forms
 * that most verbs end in.
 *
 * The short way is for plain blocks, where nothing is to be done but to count: no new peak, no
 * limit (account/small.h). Everything else goes the general way, and does it all again. In the
 * critical section no function of the program or the backend is called.
 */
#include <string.h>

#include "alloc/small.h"

struct tmi_small tmi_small;

static void *take_span(const void *caller, struct trackmem_domain *domain, size_t size)
{
    void *span = NULL;

    if (tmi_small.backend.allocate == NULL)
        return NULL;
    do
        span = tmi_small.backend.allocate(tmi_small.backend.context, size, TRACKMEM_ALIGNMENT);
    while (TMI_UNLIKELY(span == NULL) && tmi_small_ask_for_memory(caller, domain, size));
    return span;
}

struct trackmem_domain *tmi_small_target(const void *caller, struct trackmem_domain *domain,
                                         const char *verb)
{
    if (domain == NULL)
        return &tmi_small_process;
    if (TMI_LIKELY(domain->tag != 0))
        return domain;
    if ((domain->flags & (TMI_SMALL_ENDED | TMI_SMALL_END_REPORTED)) == TMI_SMALL_ENDED) {
        domain->flags |= TMI_SMALL_END_REPORTED;
        tmi_small_report_ended(caller, domain, verb);
    }
    return tmi_small_join(domain);
}

void *tmi_small_make(const void *caller, struct trackmem_domain *domain, size_t size, uint32_t kind)
{
    uint32_t pad = kind >> 4; /* what the alignment costs: as much as it is */
    uint32_t bytes = (uint32_t)size + tmi_small_overhead(pad);
    bool is_soft_crossed;
    uintptr_t state;
    uint32_t w0;
    char *block;
    void *span;

    domain = tmi_small_target(caller, domain, "trackmem_malloc");
    if (!tmi_small_reserve(caller, domain, bytes))
        return NULL;
    span = take_span(caller, domain, bytes);
    if (TMI_UNLIKELY(span == NULL)) {
        tmi_small_unreserve(domain, bytes);
        return tmi_small_refuse(caller, domain, size, TRACKMEM_SMALL_REFUSED_BY_BACKEND);
    }
    w0 = tmi_small_w0((uint32_t)size, kind & 15, domain);
    if (TMI_LIKELY(pad == 0)) {
        block = (char *)span + TMI_SMALL_PREFIX;
        tmi_small_write(block, w0, tmi_small_site(caller));
    } else {
        block = tmi_small_make_aligned(span, w0, tmi_small_site(caller), pad);
    }
    tmi_small_furnish(block, 0, (uint32_t)size);
    state = tmi_critical_enter();
    ++domain->total_blocks;
    domain->pad_bytes += pad;
    is_soft_crossed = tmi_small_settle(domain, NULL);
    tmi_critical_leave(state);
    if (TMI_UNLIKELY(is_soft_crossed))
        tmi_small_tell_soft(caller, domain, bytes);
    return block;
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

void tmi_small_set_fails(bool (*fails)(void))
{
    tmi_small.fails = fails;
    tmi_small.general_bytes = fails != NULL ? 0 : TMI_SMALL_SIZE_MAX + 1;
}

static TMI_COLD void give_back(struct trackmem_domain *domain, uint32_t bytes)
{
    uintptr_t state = tmi_critical_enter();

    --domain->total_blocks;
    tmi_small_uncharge(domain, bytes);
    tmi_critical_leave(state);
}

/* The short way; in line, for the plainest verbs. */
TMI_INLINE void *allocate_plain(const void *caller, struct trackmem_domain *domain, size_t size)
{
    const struct tmi_small *small = &tmi_small;
    uint32_t bytes = (uint32_t)size + tmi_small_overhead(0);
    uintptr_t state;
    bool is_charged;
    char *block;

    if (domain == NULL)
        domain = &tmi_small_process;
    else if (TMI_UNLIKELY(domain->tag == 0))
        return tmi_small_allocate(caller, domain, size, TMI_SMALL_PLAIN);
    if (TMI_UNLIKELY(size >= small->general_bytes))
        return tmi_small_allocate(caller, domain, size, TMI_SMALL_PLAIN);
    state = tmi_critical_enter();
    is_charged = tmi_small_charge_quietly(domain, bytes);
    if (TMI_LIKELY(is_charged))
        ++domain->total_blocks;
    tmi_critical_leave(state);
    if (TMI_UNLIKELY(!is_charged))
        return tmi_small_allocate(caller, domain, size, TMI_SMALL_PLAIN);
    block = small->backend.allocate(small->backend.context, bytes, TRACKMEM_ALIGNMENT);
    if (TMI_UNLIKELY(block == NULL)) {
        give_back(domain, bytes);
        return tmi_small_allocate(caller, domain, size, TMI_SMALL_PLAIN);
    }
    block += TMI_SMALL_PREFIX;
    tmi_small_write(block, tmi_small_w0((uint32_t)size, TRACKMEM_FAMILY_PLAIN, domain),
                    tmi_small_site(caller));
    tmi_small_furnish(block, 0, (uint32_t)size);
    return block;
}

/* What is left to be done of a free: the block is marked and uncharged, by so many bytes. */
TMI_INLINE void return_span(const void *caller, const struct tmi_small_block *block, uint32_t bytes,
                            const char *verb)
{
    if (TRACKMEM_REDZONE_BYTES != 0 && !tmi_small_redzone_is_whole(block))
        tmi_small_report_overrun(caller, block, verb);
    if (TRACKMEM_FILL)
        memset(block->block, TRACKMEM_FILL_FREED, tmi_small_size(block->w0));
    tmi_small.backend.free(tmi_small.backend.context, (char *)block->block - block->prefix, bytes,
                           TRACKMEM_ALIGNMENT);
}

void tmi_small_release(const void *caller, void *ptr, trackmem_family family, const char *verb)
{
    struct tmi_small_block block;
    uint32_t bytes = 0;
    uintptr_t state;
    bool is_right;
    bool is_live;

    if (ptr == NULL)
        return;
    state = tmi_critical_enter();
    is_live = tmi_small_read(ptr, &block) == TMI_SMALL_LIVE;
    is_right = is_live && tmi_small_family(block.w0) == family;
    if (is_right) {
        struct trackmem_domain *domain = tmi_small_owner(block.w0);

        bytes = tmi_small_size(block.w0) + tmi_small_overhead(block.pad);
        tmi_small_mark_freed(ptr, block.w0);
        tmi_small_bury(ptr, block.w0, block.w1, caller);
        ++domain->freed_blocks;
        domain->pad_bytes -= block.pad;
        tmi_small_uncharge(domain, bytes);
    }
    tmi_critical_leave(state);
    if (!is_live) {
        tmi_small_report_not_live(caller, ptr, family, verb);
        return;
    }
    if (!is_right) {
        tmi_small_report_mismatch(caller, &block, family, verb);
        return;
    }
    return_span(caller, &block, bytes, verb);
}

TMI_SMALL_VERB void *trackmem_malloc_at(struct trackmem_site *site, size_t size)
{
    return allocate_plain(TMI_SMALL_CALLER, tmi_small_default(site), size);
}

TMI_SMALL_VERB void *trackmem_malloc_in_at(struct trackmem_site *site,
                                           struct trackmem_domain *domain, size_t size)
{
    return allocate_plain(TMI_SMALL_CALLER, tmi_small_in(site, domain), size);
}

TMI_SMALL_VERB void trackmem_free_at(struct trackmem_site *site, void *ptr)
{
    const void *caller = TMI_SMALL_CALLER;
    struct tmi_small_header words;
    struct trackmem_domain *domain;
    struct tmi_small_block block;
    uintptr_t state;
    uint32_t bytes;

    (void)site;
    if (ptr == NULL)
        return;
    if (TMI_UNLIKELY((uintptr_t)ptr % TRACKMEM_ALIGNMENT != 0)) {
        tmi_small_release(caller, ptr, TRACKMEM_FAMILY_PLAIN, NULL);
        return;
    }
    state = tmi_critical_enter();
    words = tmi_small_words(ptr);
    if (TMI_UNLIKELY(!tmi_small_is_plain(ptr, words, TRACKMEM_FAMILY_PLAIN))) {
        tmi_critical_leave(state);
        tmi_small_release(caller, ptr, TRACKMEM_FAMILY_PLAIN, NULL);
        return;
    }
    domain = tmi_small_owner(words.w0);
    bytes = tmi_small_size(words.w0) + tmi_small_overhead(0);
    tmi_small_mark_freed(ptr, words.w0);
    tmi_small_bury(ptr, words.w0, words.w1, caller);
    ++domain->freed_blocks;
    tmi_small_uncharge(domain, bytes);
    tmi_critical_leave(state);
    block = (struct tmi_small_block){ ptr, words.w0, words.w1, TMI_SMALL_PREFIX, 0 };
    return_span(caller, &block, bytes, NULL);
}
