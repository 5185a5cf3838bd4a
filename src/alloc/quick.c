/*
 * alloc/quick.c: see quick.h. Takes no lock, but what slabs.h and quarantine.h take once for many
 * blocks.
 *
 * tmi_quick_malloc and tmi_quick_free keep nothing over a call: what they cannot do themselves they
 * leave, in the end, to another function.
 */
#include "alloc/quick.h"

#include <string.h>

#include "alloc/check.h"
#include "block/slots.h"

bool tmi_quick;

/* Charges a block, if the cell is the account's and its purse has the credit; else NULL. */
TMI_INLINE struct tmi_cell *charge_granted(struct tmi_thread *thread, uint32_t account, size_t size)
{
    struct tmi_cell *cell = tmi_shard_slot(&thread->shard, account);

    return TMI_LIKELY(cell->account == account) &&
                   tmi_purse_take_granted(cell->purse, (intptr_t)(size + TMI_HEADER_BYTES))
               ? cell
               : NULL;
}

/* All of trackmem_malloc that is quick; NULL: nothing happened. */
TMI_INLINE void *malloc_quickly(struct tmi_thread *thread, const struct trackmem_site *site,
                                struct tmi_target target, size_t size, bool noted)
{
    struct tmi_slab_hand *hand = &thread->nest.checked.slabs.hands[tmi_slab_class(size)];
    uint32_t account = tmi_known_account(thread, site, target.domain);
    struct tmi_place place;
    struct tmi_cell *cell;

    if (TMI_UNLIKELY(hand->ready == 0 || (cell = charge_granted(thread, account, size)) == NULL))
        return NULL;
    place = tmi_slab_pick(hand);
    tmi_cell_count(cell, size);
    if (noted)
        tmi_slot_note_stack(place.slot, &thread->nest.checked, false);
    return tmi_slot_begin(&place, tmi_slot_kind(size, TRACKMEM_FAMILY_PLAIN), account, false);
}

TMI_INLINE bool may_malloc_quickly(const struct tmi_thread *thread, size_t size)
{
    return TMI_LIKELY(thread != NULL && size <= TMI_SLAB_SMALL && tmi_load(&thread->detours) == 0);
}

/* The slow way where stacks are noted. Inline: the frame must stand until it returns. */
TMI_INLINE void *malloc_from(struct trackmem_site *site, struct tmi_target target, size_t size,
                             const void *frame)
{
    struct tmi_verb verb = { "trackmem_malloc", TRACKMEM_FAMILY_PLAIN, site, target, frame };

    return tmi_allocate(&verb, 0, size, false);
}

void *tmi_quick_malloc_noting(struct trackmem_site *site, struct tmi_target target, size_t size)
{
    const void *frame = TMI_FRAME();
    struct tmi_thread *thread = tmi_checked_self();
    void *block = NULL;

    if (may_malloc_quickly(thread, size)) {
        tmi_stacks_note(thread, frame);
        block = malloc_quickly(thread, site, target, size, true);
    }
    return TMI_LIKELY(block != NULL) ? block : malloc_from(site, target, size, frame);
}

void *tmi_quick_malloc(struct trackmem_site *site, struct tmi_target target, size_t size)
{
    struct tmi_thread *thread = tmi_checked_self();
    void *block;

    if (!may_malloc_quickly(thread, size))
        return tmi_malloc_slowly(site, target, size);
    block = malloc_quickly(thread, site, target, size, false);
    return TMI_LIKELY(block != NULL) ? block : tmi_malloc_slowly(site, target, size);
}

/* A live block in a slot, charged to that account. NULL: nothing happened. */
TMI_INLINE void *create_quickly(struct tmi_thread *thread, const struct tmi_verb *verb,
                                uint32_t account, size_t size, bool zero)
{
    uint32_t class = size <= TMI_SLAB_BYTES ? tmi_slab_class(size) : 0;
    struct tmi_cell *cell;
    void *block;

    if (class == 0 || tmi_load(&thread->detours) != 0)
        return NULL;
    cell = charge_granted(thread, account, size);
    if (cell == NULL)
        return NULL;
    tmi_stacks_note(thread, verb->frame);
    block = tmi_slot_create(&thread->nest.checked, class, tmi_slot_kind(size, verb->family),
                            account, zero);
    if (TMI_UNLIKELY(block == NULL))
        tmi_purse_give(cell->purse, (intptr_t)(size + TMI_HEADER_BYTES));
    else
        tmi_cell_count(cell, size);
    return block;
}

void *tmi_quick_allocate(const struct tmi_verb *verb, size_t size, bool zero)
{
    struct tmi_thread *thread = tmi_checked_self();

    return thread != NULL
               ? create_quickly(thread, verb,
                                tmi_known_account(thread, verb->site, verb->target.domain), size,
                                zero)
               : NULL;
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

/*
 * Claims the live block of that family; at_once: at the first try, or not at all. *size stands for
 * the block that is claimed, since `life` holds its age. A damaged one is left to the general way,
 * which reports it.
 */
TMI_INLINE bool claim_intact(const struct tmi_place *place, trackmem_family family, size_t *size,
                             bool at_once)
{
    uint32_t life = tmi_load_acquire(&place->slot->life);
    uint32_t kind = tmi_load(&place->slot->kind);

    *size = kind & 0xffff;
    if (TMI_UNLIKELY(tmi_life_state(life) != TMI_LIFE_LIVE || kind >> 16 != family) ||
        !(at_once ? tmi_life_claim_at_once(&place->slot->life, life)
                  : tmi_life_claim(&place->slot->life, life)))
        return false;
    if (TMI_LIKELY(tmi_slot_zones_are_intact(place, *size)))
        return true;
    (void)tmi_life_set_state(&place->slot->life, TMI_LIFE_LIVE);
    return false;
}

/* Puts a block away that was claimed; the stack of the call was noted. */
static void release_claimed(const struct tmi_verb *verb, struct tmi_thread *thread,
                            const struct tmi_place *place)
{
    uint32_t account = tmi_load(&place->slot->account); /* now: it may have been transferred */
    size_t size = tmi_slot_size(place->slot);

    tmi_slot_put_away(&thread->nest.checked, place, tmi_load(&verb->site->id));
    uncount(thread, account, size);
}

bool tmi_quick_release(const struct tmi_verb *verb, void *ptr, const size_t *claimed_size)
{
    struct tmi_thread *thread = tmi_checked_self();
    struct tmi_place place;
    size_t size;

    if (thread == NULL || tmi_load(&verb->site->id) == 0 || !tmi_place_at(ptr, &place) ||
        (claimed_size != NULL && *claimed_size != tmi_slot_size(place.slot)) ||
        !claim_intact(&place, verb->family, &size, false))
        return false;
    tmi_slot_fetch_stacks(place.slot);
    tmi_stacks_note(thread, verb->frame);
    release_claimed(verb, thread, &place);
    return true;
}

/* The slow way where stacks are noted: as malloc_from. */
TMI_INLINE void free_from(struct trackmem_site *site, void *ptr, const void *frame)
{
    struct tmi_verb verb = { "trackmem_free", TRACKMEM_FAMILY_PLAIN, site, { false, NULL }, frame };

    tmi_release(&verb, ptr, NULL);
}

/* What is left to be done of a free now and then. */
TMI_NOINLINE static void finish_free(struct tmi_thread *thread, struct tmi_purse *purse)
{
    if (purse->used < tmi_load(&purse->floor))
        tmi_purse_settle(purse);
    if (tmi_quarantine_is_full(&thread->nest.checked))
        tmi_quarantine_flush(&thread->nest.checked);
}

/* The same where the cell is another account's. */
TMI_NOINLINE static void finish_free_of(struct tmi_thread *thread, uint32_t account, size_t size)
{
    tmi_uncharge(thread, tmi_account_by_id(account), size, TMI_HEADER_BYTES);
    if (tmi_quarantine_is_full(&thread->nest.checked))
        tmi_quarantine_flush(&thread->nest.checked);
}

/* All of trackmem_free that is left for a block that was claimed. */
TMI_INLINE void free_claimed(struct tmi_thread *thread, const struct tmi_place *place, size_t size,
                             uint32_t site_id)
{
    uint32_t account = tmi_load(&place->slot->account); /* now: it may have been transferred */
    struct tmi_cell *cell;
    bool more;

    tmi_slot_mark_freed(place, size, site_id);
    more = tmi_quarantine_keep(&thread->nest.checked, place->number, place->pitch);
    cell = tmi_shard_slot(&thread->shard, account);
    if (TMI_UNLIKELY(cell->account != account)) {
        finish_free_of(thread, account, size);
        return;
    }
    tmi_cell_uncount(cell, size);
    more |= tmi_purse_put(cell->purse, (intptr_t)(size + TMI_HEADER_BYTES));
    if (TMI_UNLIKELY(more))
        finish_free(thread, cell->purse);
}

/* Where the block of a free is; false: it is not one that is freed quickly. */
TMI_INLINE bool find_for_free(const struct tmi_thread *thread, uint32_t site_id, const void *ptr,
                              struct tmi_place *place)
{
    return TMI_LIKELY(thread != NULL && site_id != 0 && tmi_place_at(ptr, place) &&
                      place->pitch <= tmi_load(&tmi_quarantine_most));
}

/*
 * frame: where stacks are noted, that of the verb's call; else NULL. The stack is noted first:
 * meanwhile what is known of the block comes into the cache.
 */
TMI_INLINE void free_quickly(struct trackmem_site *site, void *ptr, const void *frame)
{
    struct tmi_thread *thread = tmi_checked_self();
    uint32_t site_id = tmi_load(&site->id);
    struct tmi_place place;
    bool found = find_for_free(thread, site_id, ptr, &place);
    size_t size;

    if (found && frame != NULL) {
        TMI_PREFETCH(place.slot);
        tmi_slot_fetch_stacks(place.slot);
        tmi_stacks_note(thread, frame);
    }
    if (!found || !claim_intact(&place, TRACKMEM_FAMILY_PLAIN, &size, true)) {
        if (frame != NULL)
            free_from(site, ptr, frame);
        else
            tmi_free_slowly(site, ptr);
    } else {
        if (frame != NULL)
            tmi_slot_note_stack(place.slot, &thread->nest.checked, true);
        free_claimed(thread, &place, size, site_id);
    }
}

void tmi_quick_free(struct trackmem_site *site, void *ptr)
{
    free_quickly(site, ptr, NULL);
}

void tmi_quick_free_noting(struct trackmem_site *site, void *ptr)
{
    free_quickly(site, ptr, TMI_FRAME());
}

/* The account of a resized block, which stays in its domain; 0: ask the general verb. */
TMI_INLINE uint32_t account_after(const struct trackmem_site *site, uint32_t before)
{
    uint32_t account = tmi_load_acquire(&site->account); /* pairs with default_account */

    return account == before || (account != 0 && tmi_account_by_id(account)->domain ==
                                                     tmi_account_by_id(before)->domain)
               ? account
               : 0;
}

void *tmi_quick_resize(const struct tmi_verb *verb, void *ptr, size_t size)
{
    struct tmi_thread *thread = tmi_checked_self();
    struct tmi_place place;
    size_t before;
    void *block;

    if (thread == NULL || tmi_load(&verb->site->id) == 0 || !tmi_place_at(ptr, &place) ||
        !claim_intact(&place, verb->family, &before, false))
        return NULL;
    block = create_quickly(thread, verb, account_after(verb->site, tmi_load(&place.slot->account)),
                           size, false);
    if (block == NULL) {
        (void)tmi_life_set_state(&place.slot->life, TMI_LIFE_LIVE);
        return NULL;
    }
    memcpy(block, ptr, size < before ? size : before);
    tmi_slot_fetch_stacks(place.slot);
    release_claimed(verb, thread, &place);
    return block;
}

bool tmi_quick_size(const void *ptr, size_t *size)
{
    struct tmi_place place;
    uint32_t life;
    uint32_t kind;

    if (!tmi_place_at(ptr, &place))
        return false;
    life = tmi_load_acquire(&place.slot->life);
    kind = tmi_load(&place.slot->kind);
    *size = kind & 0xffff;
    return tmi_life_state(life) == TMI_LIFE_LIVE;
}
