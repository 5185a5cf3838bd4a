/*
 * alloc/hot.c: trackmem_malloc, _free and _size. What is common is done here, straight on; whatever
 * is not goes to verb.c: the first allocation of a thread or site, large blocks, an empty stack of
 * spans, a pointer that is not plainly ours.
 *
 * In trackmem_malloc one branch on `detours` stands for everything that is not accounting. In check
 * mode a thread has no record here, and all goes by quick.c, from the verbs themselves, so that no
 * frame of ours stands on a stack; without optimisation, that of a verb.
 */
#include "alloc/misuse.h"
#include "alloc/quick.h"
#include "alloc/start.h"
#include "backend/backend.h"

TMI_COLD void *tmi_malloc_slowly(struct trackmem_site *site, struct tmi_target target, size_t size)
{
    struct tmi_verb verb = { "trackmem_malloc", TRACKMEM_FAMILY_PLAIN, site, target, TMI_FRAME() };

    return tmi_allocate(&verb, 0, size, false);
}

TMI_INLINE void *seal(void *block, struct tmi_cell *cell, uint32_t account, size_t size)
{
    tmi_cell_count(cell, size);
    tmi_header_write(block, TMI_SHAPE_PLAIN + size, account);
    return block;
}

/*
 * A block over a span that is kept; else NULL, and nothing happened. It calls nothing, so that the
 * verbs save no registers.
 */
TMI_INLINE void *malloc_kept(struct tmi_thread *thread, uint32_t account, size_t size)
{
    struct tmi_cell *cell = tmi_shard_slot(&thread->shard, account);
    struct tmi_reuse_stack *stack = tmi_reuse_stack(&thread->nest.reuse, tmi_reuse_class(size));
    void *block = tmi_reuse_peek(stack);

    if (TMI_UNLIKELY(cell->account != account || block == NULL) ||
        !tmi_purse_take_granted(cell->purse, (intptr_t)(size + TMI_HEADER_BYTES)))
        return NULL;
    tmi_reuse_drop(stack);
    return seal(block, cell, account, size);
}

/* The same over a new span, as block.c makes it, where the thread keeps none of that class. */
TMI_INLINE void *malloc_new(struct tmi_thread *thread, uint32_t account, size_t size)
{
    const struct trackmem_backend *backend = &tmi_backends[0];
    const size_t class = tmi_reuse_class(size);
    const intptr_t charged = (intptr_t)(size + TMI_HEADER_BYTES);
    struct tmi_cell *cell = tmi_shard_slot(&thread->shard, account);
    char *span;

    if (cell->account != account || !tmi_reuse_is_empty(&thread->nest.reuse, class) ||
        cell->purse->used + charged > tmi_load(&cell->purse->granted))
        return NULL;
    span = backend->allocate(backend->context, tmi_reuse_span_bytes(class), TRACKMEM_ALIGNMENT);
    if (TMI_UNLIKELY(span == NULL))
        return NULL;
    if (TMI_UNLIKELY(tmi_exact_starts_page((uintptr_t)span + TMI_HEADER_BYTES) ||
                     !tmi_purse_take_granted(cell->purse, charged))) {
        backend->free(backend->context, span, tmi_reuse_span_bytes(class), TRACKMEM_ALIGNMENT);
        return NULL;
    }
    return seal(span + TMI_HEADER_BYTES, cell, account, size);
}

/* Where malloc_kept gave nothing. */
TMI_NOINLINE static void *malloc_not_kept(struct trackmem_site *site, struct tmi_target target,
                                          size_t size, uint32_t account)
{
    struct tmi_thread *thread = tmi_self();
    void *block = malloc_new(thread, account, size);

    if (TMI_LIKELY(block != NULL))
        return block;
    thread->sample_in += (tmi_load(&thread->detours) & TMI_DETOUR_SAMPLE) != 0;
    return tmi_malloc_slowly(site, target, size);
}

/* Who samples counts what is not sampled. Whether that is all there is to do beside is told. */
TMI_INLINE bool is_counted(struct tmi_thread *thread, uint32_t detours)
{
    if (detours != TMI_DETOUR_SAMPLE || thread->sample_in <= 1)
        return false;
    --thread->sample_in;
    return true;
}

/* The same where more is to be looked at: allocations of domains that were not destroyed. */
TMI_NOINLINE static void *malloc_by_detour(struct trackmem_site *site, size_t size)
{
    const struct tmi_target target = { false, NULL };
    struct tmi_thread *thread = tmi_self();
    uint32_t detours = tmi_load(&thread->detours);
    uint32_t account = tmi_known_account(thread, site, NULL);
    void *block;

    if (account == 0 || (detours & TMI_DETOUR_DESTROYED_DOMAIN) == 0 ||
        tmi_load(&tmi_account_by_id(account)->domain->destroyed))
        return tmi_malloc_slowly(site, target, size);
    detours &= ~TMI_DETOUR_DESTROYED_DOMAIN;
    if (detours != 0 && !is_counted(thread, detours))
        return tmi_malloc_slowly(site, target, size);
    block = malloc_kept(thread, account, size);
    return block != NULL ? block : malloc_not_kept(site, target, size, account);
}

void *trackmem_malloc_at(struct trackmem_site *site, size_t size)
{
    const struct tmi_target target = { false, NULL };
    struct tmi_thread *thread = tmi_self();
    uint32_t account;
    uint32_t detours;
    void *block;

    if (TMI_UNLIKELY(thread == NULL || size > TMI_REUSE_MAX))
        return tmi_is_quickest() ? tmi_quick_malloc(site, target, size)
               : tmi_is_quick()  ? tmi_quick_malloc_noting(site, target, size)
                                 : tmi_malloc_slowly(site, target, size);
    detours = tmi_load(&thread->detours);
    if (TMI_UNLIKELY(detours != 0) && !is_counted(thread, detours))
        return malloc_by_detour(site, size);
    account = tmi_known_account(thread, site, NULL);
    block = malloc_kept(thread, account, size);
    return TMI_LIKELY(block != NULL) ? block : malloc_not_kept(site, target, size, account);
}

void *trackmem_malloc_in_at(struct trackmem_site *site, struct trackmem_domain *domain, size_t size)
{
    const struct tmi_target target = { true, domain };
    struct tmi_thread *thread = tmi_self();
    uint32_t account;
    uint32_t detours;
    void *block;

    if (TMI_UNLIKELY(thread == NULL || size > TMI_REUSE_MAX || domain == NULL))
        return tmi_is_quickest() ? tmi_quick_malloc(site, target, size)
               : tmi_is_quick()  ? tmi_quick_malloc_noting(site, target, size)
                                 : tmi_malloc_slowly(site, target, size);
    detours = tmi_load(&thread->detours) &
              ~TMI_DETOUR_DESTROYED_DOMAIN; /* tmi_known_account looks */
    if (TMI_UNLIKELY(detours != 0) && !is_counted(thread, detours))
        return tmi_malloc_slowly(site, target, size);
    account = tmi_known_account(thread, site, domain);
    block = malloc_kept(thread, account, size);
    return TMI_LIKELY(block != NULL) ? block : malloc_not_kept(site, target, size, account);
}

TMI_COLD void tmi_free_slowly(struct trackmem_site *site, void *ptr)
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
        if (tmi_is_quickest())
            tmi_quick_free(site, ptr);
        else if (tmi_is_quick())
            tmi_quick_free_noting(site, ptr);
        else
            tmi_free_slowly(site, ptr);
        return;
    }
    cell = tmi_shard_slot(&thread->shard, tmi_owner_account(owner));
    if (TMI_UNLIKELY(
            cell->account != tmi_owner_account(owner) ||
            !tmi_reuse_push(&thread->nest.reuse, tmi_reuse_class((size_t)size), ptr, site))) {
        tmi_free_slowly(site, ptr);
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
    size_t size;

    if (tmi_is_quick() && tmi_quick_size(ptr, &size))
        return size;
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
