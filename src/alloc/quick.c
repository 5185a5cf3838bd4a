/*
 * alloc/quick.c: see quick.h. Takes no lock, but what slabs.h and quarantine.h take once for many
 * blocks.
 */
#include "alloc/quick.h"

#include "alloc/check.h"
#include "alloc/stacks.h"
#include "block/slots.h"

bool tmi_quick;

/* The account of a call, if the site or the thread remembers it; 0: it does not. */
TMI_INLINE uint32_t account_of(struct tmi_thread *thread, const struct tmi_verb *verb)
{
    const struct trackmem_domain *domain = verb->target.named ? verb->target.domain : NULL;
    const struct tmi_recent *recent;
    uint64_t pair;

    if (domain == NULL && thread->scope == NULL)
        return tmi_load_acquire(&verb->site->account); /* pairs with default_account */
    pair = tmi_recent_pair(verb->site, domain != NULL ? domain : &thread->scope->handle);
    recent = tmi_recent_slot(thread, pair);
    return recent->pair == pair ? recent->account : 0;
}

void *tmi_quick_allocate(const struct tmi_verb *verb, size_t size, bool zero)
{
    struct tmi_thread *thread = tmi_checked_self();
    uint32_t class = size <= TMI_SLAB_BYTES ? tmi_slab_class(size) : 0;
    struct tmi_cell *cell;
    uint32_t account;
    void *block;

    if (thread == NULL || class == 0 || tmi_load(&thread->detours) != 0)
        return NULL;
    account = account_of(thread, verb);
    cell = tmi_shard_slot(&thread->shard, account);
    if (account == 0 || cell->account != account ||
        !tmi_purse_take_granted(cell->purse, (intptr_t)(size + TMI_HEADER_BYTES)))
        return NULL;
    thread->nest.checked.stack = tmi_stacks_take(thread, verb->frame);
    block = tmi_slot_create(&thread->nest.checked, class, tmi_slot_kind(size, verb->family),
                            account, zero);
    if (TMI_UNLIKELY(block == NULL)) {
        tmi_purse_give(cell->purse, (intptr_t)(size + TMI_HEADER_BYTES));
        return NULL;
    }
    tmi_cell_count(cell, size);
    return block;
}

/* A block that was claimed is no more: its counts go. */
TMI_INLINE void uncount(struct tmi_thread *thread, uint32_t account, size_t size)
{
    struct tmi_cell *cell = tmi_shard_slot(&thread->shard, account);

    if (TMI_UNLIKELY(cell->account != account)) {
        tmi_uncharge(thread, tmi_account_by_id(account), size, TMI_HEADER_BYTES);
        return;
    }
    tmi_cell_uncount(cell, size);
    tmi_purse_give(cell->purse, (intptr_t)size + TMI_HEADER_BYTES);
}

bool tmi_quick_release(const struct tmi_verb *verb, void *ptr, const size_t *claimed_size)
{
    struct tmi_thread *thread = tmi_checked_self();
    uint32_t site = tmi_load(&verb->site->id);
    uint32_t number = tmi_slabs_own(ptr) ? tmi_slot_at(ptr) : 0;
    struct tmi_slot *slot;
    uint32_t account;
    uint32_t life;
    uint32_t kind;

    if (thread == NULL || number == 0 || site == 0)
        return false;
    slot = tmi_slot_of(number);
    life = tmi_load_acquire(&slot->life);
    kind = tmi_load(&slot->kind);
    if (TMI_UNLIKELY(tmi_life_state(life) != TMI_LIFE_LIVE || kind >> 16 != verb->family ||
                     (claimed_size != NULL && *claimed_size != (kind & 0xffff)) ||
                     !tmi_life_claim(&slot->life, life)))
        return false;
    account = tmi_load(&slot->account); /* now: it may have been transferred before */
    thread->nest.checked.stack = tmi_stacks_take(thread, verb->frame);
    if (TMI_UNLIKELY(!tmi_slot_is_intact(number)))
        tmi_check_report_claimed(verb, number);
    tmi_slot_put_away(&thread->nest.checked, number, site);
    uncount(thread, account, kind & 0xffff);
    return true;
}
