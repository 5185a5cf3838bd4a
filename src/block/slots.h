/*
 * block/slots.h: small blocks of check mode, in the slots of slabs.h. What checked.h says of its
 * functions holds for these.
 *
 * Everything is done 16 bytes at a time: a block starts at a multiple of that, the zone behind it
 * begins within 16 bytes whose others are masked, and a freed block is filled to the end of its
 * slot. On the quick way (alloc/quick.c) no length decides a branch, but that of what is filled.
 */
#ifndef TMI_BLOCK_SLOTS_H
#define TMI_BLOCK_SLOTS_H

#include "block/checked.h"
#include "block/slot_stacks.h"

typedef uint64_t tmi_wide TMI_WIDE;

/* Zones, then one that masks: byte i of the 16 at tmi_slot_masks + 16 - n is set from i = n on. */
extern TMI_HIDDEN const unsigned char tmi_slot_masks[32];
extern TMI_HIDDEN const unsigned char tmi_slot_zone[16];

/* What is known of a block that the caller has made, claimed or pinned. */
struct tmi_record tmi_slot_record(uint32_t number);

/*
 * A copy that belongs together, of a block that is live or freed, or was given back and its slot
 * not taken again: then its state is NONE. False: there was none yet, or it is changing for long.
 */
bool tmi_slot_read(uint32_t number, struct tmi_record *copy);

/* The block live or freed that an address of the reservation lies in, or nearest to. */
bool tmi_slot_find_around(const void *address, struct tmi_record *copy);

/*
 * Of damage in a zone between two blocks, seen when one was looked at: whether it is rather the
 * other's, that it begins right behind or is nearer to. Then copy is that one, which may be ENDING,
 * and damage says so. Waits for nobody.
 */
bool tmi_slot_blame_other(const struct tmi_record *record, struct tmi_damage *damage,
                          struct tmi_record *copy);

/* Puts right the zones at the ends of a slot that damage reaches, as far as they are no block's. */
void tmi_slot_mend_zones(uint32_t number, const struct tmi_damage *damage);

/* What is filled of a block: all of its last 16 bytes. */
TMI_INLINE size_t tmi_slot_filled(size_t size)
{
    return (size + 15) & ~(size_t)15;
}

/* What blocks are filled with: all of those up to `whole` bytes, of others `edge` at either end. */
struct tmi_slot_fills {
    tmi_wide fresh;
    tmi_wide freed;
    size_t whole;
    size_t edge;
};
extern TMI_HIDDEN struct tmi_slot_fills tmi_slot_fills;

/* As the options say: before the first block. */
void tmi_slots_set_fills(void);

/* Fills 16 bytes at a time; size is a multiple of that. */
TMI_INLINE void tmi_slot_fill(char *block, size_t size, tmi_wide wide)
{
    size_t head = size;

    if (TMI_UNLIKELY(size > tmi_slot_fills.whole)) {
        head = tmi_slot_fills.edge;
        for (size_t i = size - head; i < size; i += sizeof wide)
            *(tmi_wide *)(void *)(block + i) = wide;
    }
    for (size_t i = 0; i < head; i += sizeof wide)
        *(tmi_wide *)(void *)(block + i) = wide;
}

/* Writes the first bytes of the zone behind size bytes: what is no part of the zone that stays. */
TMI_INLINE void tmi_slot_write_slack(char *block, size_t size, size_t room)
{
    const tmi_wide zone = *(const tmi_wide *)(const void *)tmi_slot_zone;
    size_t offset = size & ~(size_t)15;
    tmi_wide mask;

    if (offset == room)
        return;
    __builtin_memcpy(&mask, tmi_slot_masks + 16 - size % 16, sizeof mask);
    *(tmi_wide *)(void *)(block + offset) = (*(tmi_wide *)(void *)(block + offset) & ~mask) |
                                            (zone & mask);
    for (offset += 16; TMI_UNLIKELY(offset < room); offset += 16)
        *(tmi_wide *)(void *)(block + offset) = zone;
}

/* Whether the zones before a block and from size bytes on behind it are intact. */
TMI_INLINE bool tmi_slot_zones_are_intact(const struct tmi_place *place, size_t size)
{
    const tmi_wide zone = *(const tmi_wide *)(const void *)tmi_slot_zone;
    const char *block = place->block;
    size_t offset = size & ~(size_t)15;
    tmi_wide wrong;
    tmi_wide mask;

    __builtin_memcpy(&mask, tmi_slot_masks + 16 - size % 16, sizeof mask);
    wrong = (*(const tmi_wide *)(const void *)(block + offset) ^ zone) & mask;
    wrong |= *(const tmi_wide *)(const void *)(block + place->pitch - 16) ^ zone;
    wrong |= *(const tmi_wide *)(const void *)(block - 16) ^ zone;
    if (TMI_UNLIKELY(place->pitch > TMI_SLAB_EVEN * 16 || tmi_slabs.zone != 16)) {
        for (offset += 16; offset < place->pitch; offset += 16)
            wrong |= *(const tmi_wide *)(const void *)(block + offset) ^ zone;
        for (size_t i = 16; i <= tmi_slabs.zone; i += 16)
            wrong |= *(const tmi_wide *)(const void *)(block - i) ^ zone;
    }
    return (wrong[0] | wrong[1]) == 0;
}

/* Whether the fill of a freed block is intact. */
TMI_INLINE bool tmi_slot_fill_is_intact(const char *block, size_t size)
{
    const tmi_wide wide = tmi_slot_fills.freed;
    tmi_wide wrong = { 0, 0 };
    size_t head = size;

    if (TMI_UNLIKELY(size > tmi_slot_fills.whole)) {
        head = tmi_slot_fills.edge;
        for (size_t i = size - head; i < size; i += sizeof wide)
            wrong |= *(const tmi_wide *)(const void *)(block + i) ^ wide;
    }
    for (size_t i = 0; i < head; i += sizeof wide)
        wrong |= *(const tmi_wide *)(const void *)(block + i) ^ wide;
    return (wrong[0] | wrong[1]) == 0;
}

/* Makes a live block in a slot that was taken; kind: tmi_slot_kind. */
TMI_INLINE void *tmi_slot_begin(const struct tmi_place *place, uint32_t kind, uint32_t account,
                                bool zero)
{
    size_t size = kind & 0xffff;

    tmi_store(&place->slot->account, account);
    tmi_store(&place->slot->kind, kind);
    tmi_store(&place->slot->freed_site, 0);
    if (zero)
        __builtin_memset(place->block, 0, size);
    else
        tmi_slot_fill(place->block, tmi_slot_filled(size), tmi_slot_fills.fresh);
    tmi_slot_write_slack(place->block, size, place->pitch - tmi_slabs.zone);
    tmi_store_release(&place->slot->life,
                      (tmi_load(&place->slot->life) & ~TMI_LIFE_STATES) | (uint32_t)TMI_LIFE_LIVE);
    return place->block;
}

/* The same in a slot of that class. NULL: no memory. */
TMI_INLINE void *tmi_slot_create(struct tmi_checked_nest *nest, uint32_t class, uint32_t kind,
                                 uint32_t account, bool zero)
{
    struct tmi_slab_hand *hand = &nest->slabs.hands[class];
    struct tmi_place place;

    if (TMI_UNLIKELY(hand->ready == 0) && !tmi_slab_fill(&nest->slabs, class))
        return NULL;
    place = tmi_slab_pick(hand);
    tmi_slot_note_stack(place.slot, nest, false);
    return tmi_slot_begin(&place, kind, account, zero);
}

/* Whether all around a live block that the caller has claimed or pinned is as it should be. */
TMI_INLINE bool tmi_slot_is_intact(const struct tmi_place *place)
{
    return tmi_slot_zones_are_intact(place, tmi_slot_size(place->slot));
}

/* Whether a freed block, and what is around it, is as it should be; it may leave meanwhile. */
TMI_INLINE bool tmi_slot_was_let_be(const struct tmi_place *place)
{
    size_t filled = tmi_slot_filled(tmi_slot_size(place->slot));

    if (TMI_UNLIKELY(tmi_checked_options.fill == TMI_FILL_OFF))
        return tmi_slot_is_intact(place);
    return tmi_slot_fill_is_intact(place->block, filled) &&
           tmi_slot_zones_are_intact(place, filled);
}

/* The second half of a free, but for the quarantine. */
TMI_INLINE void tmi_slot_mark_freed(const struct tmi_place *place, size_t size, uint32_t freed_site)
{
    tmi_store(&place->slot->freed_site, freed_site);
    tmi_slot_fill(place->block, tmi_slot_filled(size), tmi_slot_fills.freed);
    tmi_store_release(&place->slot->life,
                      (tmi_load(&place->slot->life) & ~TMI_LIFE_STATES) | (uint32_t)TMI_LIFE_FREED);
}

/* All of it: into the quarantine. nest may be NULL. */
TMI_INLINE void tmi_slot_put_away(struct tmi_checked_nest *nest, const struct tmi_place *place,
                                  uint32_t freed_site)
{
    tmi_slot_note_stack(place->slot, nest, true);
    tmi_slot_mark_freed(place, tmi_slot_size(place->slot), freed_site);
    tmi_quarantine_push(nest, place->number, place->pitch);
}

/* The life of a block by its number. */
TMI_INLINE uint32_t *tmi_checked_life(uint32_t number)
{
    return tmi_is_slot(number) ? &tmi_slot_of(number)->life : &tmi_record_by_number(number)->life;
}

#endif
