/*
 * alloc/hot.c: trackmem_malloc, _free and _size. What is common is done here, straight on; whatever
 * is not goes to verb.c: the first allocation of a thread or site, large blocks, an empty stack of
 * spans, a pointer that is not plainly ours.
 *
 * In trackmem_malloc one branch on `detours` stands for everything that is not accounting.
 */
#include "alloc/misuse.h"
#include "alloc/start.h"
#include "backend/backend.h"

TMI_COLD static void *malloc_slow(struct trackmem_site *site, struct tmi_target target, size_t size)
{
    struct tmi_verb verb = { "trackmem_malloc", TRACKMEM_FAMILY_PLAIN, site, target, TMI_FRAME() };

    return tmi_allocate(&verb, 0, size, false);
}

/*
 * A block over a new span, not sealed yet, where the thread keeps none of that class: as block.c
 * makes it. NULL: something is not plain, and nothing happened.
 */
TMI_NOINLINE static void *take_new(struct tmi_thread *thread, struct tmi_purse *purse, size_t size)
{
    const struct trackmem_backend *backend = &tmi_backends[0];
    const size_t class = tmi_reuse_class(size);
    const intptr_t charged = (intptr_t)(size + TMI_HEADER_BYTES);
    char *span;

    if (!tmi_reuse_has_room(&thread->nest.reuse, class) || purse->used + charged > purse->granted)
        return NULL;
    span = backend->allocate(backend->context, tmi_reuse_span_bytes(class), TRACKMEM_ALIGNMENT);
    if (TMI_UNLIKELY(span == NULL))
        return NULL;
    if (TMI_UNLIKELY(tmi_exact_starts_page((uintptr_t)span + TMI_HEADER_BYTES) ||
                     !tmi_purse_take_granted(purse, charged))) {
        backend->free(backend->context, span, tmi_reuse_span_bytes(class), TRACKMEM_ALIGNMENT);
        return NULL;
    }
    return span + TMI_HEADER_BYTES;
}

/* A span that is kept, or a new one, and a cell that is the account's; else NULL, and nothing
 * happened. */
TMI_INLINE void *malloc_kept(struct tmi_thread *thread, uint32_t account, size_t size)
{
    struct tmi_cell *cell = tmi_shard_slot(&thread->shard, account);
    void *block;

    if (TMI_UNLIKELY(cell->account != account))
        return NULL;
    block = tmi_reuse_peek(&thread->nest.reuse, tmi_reuse_class(size));
    if (TMI_UNLIKELY(block == NULL)) {
        block = take_new(thread, cell->purse, size);
        if (block == NULL)
            return NULL;
    } else {
        if (!tmi_purse_take_granted(cell->purse, (intptr_t)(size + TMI_HEADER_BYTES)))
            return NULL;
        tmi_reuse_drop(&thread->nest.reuse, tmi_reuse_class(size));
    }
    tmi_cell_count(cell, size);
    tmi_header_write(block, TMI_SHAPE_PLAIN + size, account);
    return block;
}

/* The same for a domain that is not the site's own, if the thread remembers their account. */
TMI_INLINE void *malloc_kept_for(struct tmi_thread *thread, const struct trackmem_site *site,
                                 const struct trackmem_domain *domain, size_t size)
{
    uint64_t pair = tmi_recent_pair(site, domain);
    const struct tmi_recent *recent = tmi_recent_slot(thread, pair);

    if (TMI_UNLIKELY(recent->pair != pair || tmi_load(&recent->domain->destroyed)))
        return NULL;
    return malloc_kept(thread, recent->account, size);
}

/* By a domain that was pushed, if there is one, else by the site's own. */
TMI_INLINE void *malloc_kept_here(struct tmi_thread *thread, const struct trackmem_site *site,
                                  size_t size)
{
    if (TMI_LIKELY(thread->scope == NULL))
        return malloc_kept(thread, tmi_load(&site->account), size);
    return malloc_kept_for(thread, site, &thread->scope->handle, size);
}

/* Whether the detours concern this allocation: not its domain has ended, nor is it sampled. */
TMI_INLINE bool needs_no_detour(const struct tmi_thread *thread, const struct trackmem_site *site)
{
    uint32_t detours = tmi_load(&thread->detours);
    uint32_t account;

    if (detours == TMI_DETOUR_SAMPLE)
        return thread->sample_in > 1;
    account = tmi_load_acquire(&site->account); /* pairs with default_account */
    return (detours & ~TMI_DETOUR_SAMPLE) == TMI_DETOUR_DESTROYED_DOMAIN &&
           ((detours & TMI_DETOUR_SAMPLE) == 0 || thread->sample_in > 1) &&
           (account == 0 || !tmi_load(&tmi_account_by_id(account)->domain->destroyed));
}

/* The same where there are detours. Who samples counts what is served here. */
TMI_NOINLINE static void *malloc_by_detour(struct tmi_thread *thread,
                                           const struct trackmem_site *site, size_t size)
{
    void *block = NULL;

    if (needs_no_detour(thread, site))
        block = malloc_kept_here(thread, site, size);
    if (block != NULL && (tmi_load(&thread->detours) & TMI_DETOUR_SAMPLE) != 0)
        --thread->sample_in;
    return block;
}

void *trackmem_malloc_at(struct trackmem_site *site, size_t size)
{
    struct tmi_thread *thread = tmi_self();
    void *block = NULL;

    if (TMI_LIKELY(thread != NULL && size <= TMI_REUSE_MAX))
        block = TMI_LIKELY(tmi_load(&thread->detours) == 0) ? malloc_kept_here(thread, site, size)
                                                            : malloc_by_detour(thread, site, size);
    return TMI_LIKELY(block != NULL) ? block
                                     : malloc_slow(site, (struct tmi_target){ false, NULL }, size);
}

void *trackmem_malloc_in_at(struct trackmem_site *site, struct trackmem_domain *domain, size_t size)
{
    struct tmi_thread *thread = tmi_self();
    void *block = NULL;

    if (TMI_LIKELY(thread != NULL && size <= TMI_REUSE_MAX && domain != NULL)) {
        uint32_t detours = tmi_load(&thread->detours) & ~TMI_DETOUR_DESTROYED_DOMAIN;

        if (TMI_LIKELY(detours == 0))
            block = malloc_kept_for(thread, site, domain, size);
        else if (detours == TMI_DETOUR_SAMPLE && thread->sample_in > 1) {
            block = malloc_kept_for(thread, site, domain, size);
            thread->sample_in -= block != NULL;
        }
    }
    return TMI_LIKELY(block != NULL) ? block
                                     : malloc_slow(site, (struct tmi_target){ true, domain }, size);
}

TMI_COLD static void free_slow(struct trackmem_site *site, void *ptr)
{
    struct tmi_verb verb = {
        "trackmem_free", TRACKMEM_FAMILY_PLAIN, site, { false, NULL }, TMI_FRAME()
    };

    tmi_release(&verb, ptr, NULL);
}

/*
 * Whether ptr plainly is a small live block of trackmem_malloc: its header then, size alone.
 * Sanitizers would take the look before a stranger's block for the program's: judge.c looks then.
 */
TMI_INLINE bool is_plainly_live(const void *ptr, uint64_t *size, uint64_t *owner)
{
    const struct tmi_header *header = tmi_header_of(ptr);
    uint64_t shape;

    if (TMI_UNLIKELY(TMI_ASAN || TMI_TSAN || (uintptr_t)ptr % TRACKMEM_ALIGNMENT != 0 ||
                     tmi_exact_starts_page((uintptr_t)ptr))) /* NULL, too */
        return false;
    shape = tmi_load(&header->shape);
    *owner = tmi_load(&header->owner);
    *size = shape - TMI_SHAPE_PLAIN; /* of any other shape it is far too great */
    return TMI_LIKELY(tmi_header_is_live(ptr, shape, *owner) && *size <= TMI_REUSE_MAX);
}

TMI_LOOKS void trackmem_free_at(struct trackmem_site *site, void *ptr)
{
    struct tmi_thread *thread = tmi_self();
    struct tmi_cell *cell;
    uint64_t size;
    uint64_t owner;

    if (TMI_UNLIKELY(thread == NULL || !is_plainly_live(ptr, &size, &owner))) {
        free_slow(site, ptr);
        return;
    }
    cell = tmi_shard_slot(&thread->shard, tmi_owner_account(owner));
    if (TMI_UNLIKELY(
            cell->account != tmi_owner_account(owner) ||
            !tmi_reuse_push(&thread->nest.reuse, tmi_reuse_class((size_t)size), ptr, site))) {
        free_slow(site, ptr);
        return;
    }
    tmi_header_mark_freed(ptr, owner);
    tmi_cell_uncount(cell, (size_t)size);
    tmi_purse_give(cell->purse, (intptr_t)size + TMI_HEADER_BYTES);
}

static size_t size_slow(const void *ptr, const void *caller)
{
    struct tmi_finding finding;
    struct tmi_verb verb = { "trackmem_size", TRACKMEM_FAMILY_PLAIN, NULL, { false, NULL }, NULL };

    if (ptr == NULL || !tmi_start())
        return 0;
    finding = tmi_judge(ptr);
    if (finding.verdict == TMI_VERDICT_LIVE || finding.verdict == TMI_VERDICT_ADOPTED)
        return tmi_shape_size(finding.shape);
    verb.site = tmi_site_handle_of_address(caller);
    tmi_report_not_live(&verb, ptr, &finding);
    return 0;
}

TMI_LOOKS size_t trackmem_size(const void *ptr)
{
    uint64_t size;
    uint64_t owner;

    if (TMI_LIKELY(tmi_self() != NULL && is_plainly_live(ptr, &size, &owner)))
        return (size_t)size;
    return size_slow(ptr, TMI_RETURN_ADDRESS());
}
