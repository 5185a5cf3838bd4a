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
 * other's, that it begins right behind or is nearer to. Then copy is that one, and damage says so.
 */
bool tmi_slot_blame_other(const struct tmi_record *record, struct tmi_damage *damage,
                          struct tmi_record *copy);

/* Whether a freed block, and what is around it, is as it should be; it may leave meanwhile. */
bool tmi_slot_was_let_be(uint32_t number);

void tmi_slot_note_stack_slowly(uint32_t number, uint32_t stack, bool freed);

TMI_INLINE void tmi_slot_note_stack(uint32_t number, uint32_t stack, bool freed)
{
    if (TMI_UNLIKELY(stack != 0 || tmi_load(&tmi_slabs.has_stacks)))
        tmi_slot_note_stack_slowly(number, stack, freed);
}

/* What is filled of a block: all of its last 16 bytes. */
TMI_INLINE size_t tmi_slot_filled(size_t size)
{
    return (size + 15) & ~(size_t)15;
}

/* Fills 16 bytes at a time; the bytes of a bounded fill, at either end. */
TMI_INLINE void tmi_slot_fill(char *block, size_t size, unsigned char byte)
{
    const uint64_t word = byte * (UINT64_MAX / 255);
    const tmi_wide wide = { word, word };
    size_t head = size;

    if (TMI_UNLIKELY(size > 2 * (size_t)TMI_FILL_EDGE_BYTES) &&
        tmi_checked_options.fill == TMI_FILL_BOUNDED) {
        head = TMI_FILL_EDGE_BYTES;
        for (size_t i = size - head; i < size; i += sizeof wide)
            *(tmi_wide *)(block + i) = wide;
    }
    for (size_t i = 0; i < head; i += sizeof wide)
        *(tmi_wide *)(block + i) = wide;
}

/* Writes the first bytes of the zone behind size bytes: what is no part of the zone that stays. */
TMI_INLINE void tmi_slot_write_slack(char *block, size_t size, size_t room)
{
    const tmi_wide zone = *(const tmi_wide *)tmi_slot_zone;
    size_t offset = size & ~(size_t)15;
    tmi_wide mask;

    if (offset == room)
        return;
    __builtin_memcpy(&mask, tmi_slot_masks + 16 - size % 16, sizeof mask);
    *(tmi_wide *)(block + offset) = (*(tmi_wide *)(block + offset) & ~mask) | (zone & mask);
    for (offset += 16; offset < room; offset += 16)
        *(tmi_wide *)(block + offset) = zone;
}

/* Whether the zones before a block and from size bytes on behind it are intact. */
TMI_INLINE bool tmi_slot_zones_are_intact(const char *block, size_t size,
                                          const struct tmi_slab *slab)
{
    const tmi_wide zone = *(const tmi_wide *)tmi_slot_zone;
    size_t offset = size & ~(size_t)15;
    tmi_wide wrong;
    tmi_wide mask;

    __builtin_memcpy(&mask, tmi_slot_masks + 16 - size % 16, sizeof mask);
    wrong = (*(const tmi_wide *)(block + offset) ^ zone) & mask;
    wrong |= *(const tmi_wide *)(block + slab->pitch - 16) ^ zone;
    wrong |= *(const tmi_wide *)(block - 16) ^ zone;
    if (TMI_UNLIKELY(slab->class > TMI_SLAB_EVEN || tmi_slabs.zone != 16)) {
        for (offset += 16; offset < slab->pitch; offset += 16)
            wrong |= *(const tmi_wide *)(block + offset) ^ zone;
        for (size_t i = 16; i <= tmi_slabs.zone; i += 16)
            wrong |= *(const tmi_wide *)(block - i) ^ zone;
    }
    return (wrong[0] | wrong[1]) == 0;
}

/* Whether the fill of a freed block is intact. */
TMI_INLINE bool tmi_slot_fill_is_intact(const char *block, size_t size, unsigned char byte)
{
    const uint64_t word = byte * (UINT64_MAX / 255);
    const tmi_wide wide = { word, word };
    tmi_wide wrong = { 0, 0 };
    size_t head = size;

    if (TMI_UNLIKELY(size > 2 * (size_t)TMI_FILL_EDGE_BYTES) &&
        tmi_checked_options.fill == TMI_FILL_BOUNDED) {
        head = TMI_FILL_EDGE_BYTES;
        for (size_t i = size - head; i < size; i += sizeof wide)
            wrong |= *(const tmi_wide *)(block + i) ^ wide;
    }
    for (size_t i = 0; i < head; i += sizeof wide)
        wrong |= *(const tmi_wide *)(block + i) ^ wide;
    return (wrong[0] | wrong[1]) == 0;
}

/* Makes a live block in a slot of that class; kind: tmi_slot_kind. NULL: no memory. */
TMI_INLINE void *tmi_slot_create(struct tmi_checked_nest *nest, uint32_t class, uint32_t kind,
                                 uint32_t account, bool zero)
{
    uint32_t number = tmi_slab_take(&nest->slabs, class);
    const struct tmi_slab *slab = tmi_slab_of(number);
    struct tmi_slot *slot = &slab->slots[number % TMI_SLAB_SLOTS];
    size_t size = kind & 0xffff;
    size_t room = slab->pitch - tmi_slabs.zone;
    char *block = slab->blocks + (size_t)(number % TMI_SLAB_SLOTS) * slab->pitch;

    if (TMI_UNLIKELY(number == 0))
        return NULL;
    tmi_store(&slot->account, account);
    tmi_store(&slot->kind, kind);
    tmi_store(&slot->freed_site, 0);
    tmi_slot_note_stack(number, nest->stack, false);
    if (zero)
        __builtin_memset(block, 0, size);
    else if (tmi_checked_options.fill != TMI_FILL_OFF)
        tmi_slot_fill(block, tmi_slot_filled(size), tmi_checked_options.fresh);
    tmi_slot_write_slack(block, size, room);
    tmi_store_release(&slot->life,
                      (tmi_load(&slot->life) & ~TMI_LIFE_STATES) | (uint32_t)TMI_LIFE_LIVE);
    return block;
}

/* Whether all around a live block that the caller has claimed or pinned is as it should be. */
TMI_INLINE bool tmi_slot_is_intact(uint32_t number)
{
    const struct tmi_slab *slab = tmi_slab_of(number);
    const struct tmi_slot *slot = &slab->slots[number % TMI_SLAB_SLOTS];

    return tmi_slot_zones_are_intact(slab->blocks + (size_t)(number % TMI_SLAB_SLOTS) * slab->pitch,
                                     tmi_slot_size(slot), slab);
}

/* The second half of a free: into the quarantine. nest may be NULL. */
TMI_INLINE void tmi_slot_put_away(struct tmi_checked_nest *nest, uint32_t number,
                                  uint32_t freed_site)
{
    const struct tmi_slab *slab = tmi_slab_of(number);
    struct tmi_slot *slot = &slab->slots[number % TMI_SLAB_SLOTS];

    tmi_store(&slot->freed_site, freed_site);
    tmi_slot_note_stack(number, nest != NULL ? nest->stack : 0, true);
    if (tmi_checked_options.fill != TMI_FILL_OFF)
        tmi_slot_fill(slab->blocks + (size_t)(number % TMI_SLAB_SLOTS) * slab->pitch,
                      tmi_slot_filled(tmi_slot_size(slot)), tmi_checked_options.freed);
    tmi_store_release(&slot->life,
                      (tmi_load(&slot->life) & ~TMI_LIFE_STATES) | (uint32_t)TMI_LIFE_FREED);
    if (!tmi_quarantine_push(nest, number, slab->pitch))
        tmi_checked_leave(nest, number);
}

/* The life of a block by its number. */
TMI_INLINE uint32_t *tmi_checked_life(uint32_t number)
{
    return tmi_is_slot(number) ? &tmi_slot_of(number)->life : &tmi_record_by_number(number)->life;
}

#endif
