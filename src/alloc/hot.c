/*
 * alloc/hot.c: trackmem_malloc and trackmem_free. What is common is done here, straight on; whatever
 * is not goes to verb.c: the first allocation of a thread or site, large blocks, a domain pushed,
 * an empty stack of spans, a pointer that is not plainly ours.
 *
 * One branch on tmi_slow_features stands for everything that is not accounting.
 */
#include "alloc/verb.h"

#undef trackmem_malloc
#undef trackmem_malloc_in
#undef trackmem_free

TMI_COLD static void *malloc_slow(struct trackmem_site *site, size_t size)
{
    struct tmi_verb verb = { "trackmem_malloc", TRACKMEM_FAMILY_PLAIN, site, { false, NULL } };

    return tmi_allocate(&verb, 0, size, false);
}

void *trackmem_malloc_at(struct trackmem_site *site, size_t size)
{
    struct tmi_thread *thread = tmi_self();
    uint32_t account = tmi_load(&site->account);
    size_t class = tmi_reuse_class(size);
    struct tmi_cell *cell;
    void *block;

    if (TMI_UNLIKELY(thread == NULL || size > TMI_REUSE_MAX))
        return malloc_slow(site, size);
    cell = &thread->shard.cells[account & (TMI_CELLS - 1)];
    if (TMI_UNLIKELY((tmi_load(&tmi_slow_features) | thread->scope_depth) != 0 ||
                     cell->account != account || account == 0))
        return malloc_slow(site, size);
    block = tmi_reuse_pop(&thread->nest.reuse, class);
    if (TMI_UNLIKELY(block == NULL))
        return malloc_slow(site, size);
    tmi_header_write(block, TMI_SHAPE_PLAIN | size, account);
    tmi_cell_charge(cell, size, size + TMI_HEADER_BYTES);
    return block;
}

TMI_COLD static void free_slow(struct trackmem_site *site, void *ptr)
{
    struct tmi_verb verb = { "trackmem_free", TRACKMEM_FAMILY_PLAIN, site, { false, NULL } };

    tmi_release(&verb, ptr, NULL);
}

void trackmem_free_at(struct trackmem_site *site, void *ptr)
{
    struct tmi_thread *thread = tmi_self();
    uintptr_t address = (uintptr_t)ptr;
    struct tmi_header *header = tmi_header_of(ptr);
    struct tmi_cell *cell;
    uint64_t shape;
    uint64_t owner;
    size_t size;

    if (TMI_UNLIKELY(ptr == NULL))
        return;
    if (TMI_UNLIKELY(thread == NULL || tmi_load(&tmi_slow_features) != 0 ||
                     address % TRACKMEM_ALIGNMENT != 0 || tmi_exact_starts_page(address))) {
        free_slow(site, ptr);
        return;
    }
    shape = tmi_load(&header->shape);
    owner = tmi_load(&header->owner);
    size = tmi_shape_size(shape);
    cell = &thread->shard.cells[tmi_owner_account(owner) & (TMI_CELLS - 1)];
    if (TMI_UNLIKELY(!tmi_header_is_live(ptr, shape, owner) || shape - size != TMI_SHAPE_PLAIN ||
                     size > TMI_REUSE_MAX || cell->account != tmi_owner_account(owner))) {
        free_slow(site, ptr);
        return;
    }
    tmi_header_mark_freed(ptr, owner);
    if (TMI_UNLIKELY(!tmi_reuse_push(&thread->nest.reuse, tmi_reuse_class(size), ptr, site)))
        tmi_block_put_away(&thread->nest, ptr, shape, site);
    tmi_cell_credit(cell, size, size + TMI_HEADER_BYTES);
}
