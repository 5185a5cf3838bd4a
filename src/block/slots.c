/*
 * block/slots.c: the slow half of slots.h.
 */
#include "block/slots.h"

#include <string.h>

#include "platform/platform.h"

#define PATIENCE 10000 /* looks at a slot that is changing */
#define EIGHT(x) x, x, x, x, x, x, x, x

const unsigned char tmi_slot_masks[32] TMI_ALIGNED(16) = { EIGHT(0), EIGHT(0), EIGHT(255),
                                                           EIGHT(255) };
const unsigned char tmi_slot_zone[16] TMI_ALIGNED(16) = { TMI_ZONE_BYTES, TMI_ZONE_BYTES };

struct tmi_slot_fills tmi_slot_fills;

/* Not returned: how vectors are depends on the processor's extensions. */
static void set_fill(tmi_wide *fill, unsigned char byte)
{
    const uint64_t word = byte * (UINT64_MAX / 255);

    *fill = (tmi_wide){ word, word };
}

void tmi_slots_set_fills(void)
{
    tmi_slot_fills = (struct tmi_slot_fills){ .edge = 0 };
    set_fill(&tmi_slot_fills.fresh, tmi_checked_options.fresh);
    set_fill(&tmi_slot_fills.freed, tmi_checked_options.freed);
    if (tmi_checked_options.fill == TMI_FILL_BOUNDED) {
        tmi_slot_fills.edge = TMI_FILL_EDGE_BYTES;
        tmi_slot_fills.whole = 2 * tmi_slot_fills.edge;
    } else if (tmi_checked_options.fill == TMI_FILL_FULL) {
        tmi_slot_fills.whole = SIZE_MAX;
    }
}

struct tmi_record tmi_slot_record(uint32_t number)
{
    const struct tmi_slot *slot = tmi_slot_of(number);
    uint32_t kind = tmi_load_acquire(&slot->kind);
    struct tmi_record record = {
        .shape = (kind & 0xffff) | tmi_shape_base(TMI_LOG2(TRACKMEM_ALIGNMENT), TMI_LAYOUT_CHECKED,
                                                  (trackmem_family)(kind >> 16)),
        .block = (uintptr_t)tmi_slot_block(number),
        .account = tmi_load_acquire(&slot->account),
        .freed_site = tmi_load_acquire(&slot->freed_site),
    };

    if (tmi_load(&tmi_slabs.has_stacks)) {
        record.allocated_stack = tmi_load_acquire(&tmi_slot_stacks_of(slot)->allocated);
        record.freed_stack = tmi_load_acquire(&tmi_slot_stacks_of(slot)->freed);
    }
    record.life = tmi_load(&slot->life);
    return record;
}

bool tmi_slot_read(uint32_t number, struct tmi_record *copy)
{
    const struct tmi_slot *slot = tmi_slot_of(number);

    for (int looks = 0; looks < PATIENCE; ++looks) {
        uint32_t life = tmi_load_acquire(&slot->life);

        if (life == 0)
            return false;
        *copy = tmi_slot_record(number);
        if (tmi_life_state(life) != TMI_LIFE_ENDING &&
            ((copy->life ^ life) & ~TMI_LIFE_PINNED) == 0) {
            copy->life = tmi_life_as_read(life);
            return true;
        }
        tmi_platform_yield();
    }
    return false;
}

/* The number of the slot beside one; 0: it is the first or last of its slab. */
static uint32_t before(uint32_t number)
{
    return number % TMI_SLAB_SLOTS == 0 ? 0 : number - 1;
}

static uint32_t after(uint32_t number)
{
    return number % TMI_SLAB_SLOTS + 1 < tmi_slab_of(number)->count ? number + 1 : 0;
}

static bool is_there(uint32_t number, struct tmi_record *copy)
{
    return number != 0 && tmi_slot_read(number, copy) &&
           tmi_life_state(copy->life) != TMI_LIFE_NONE;
}

static uintptr_t end_of(const struct tmi_record *record)
{
    return record->block + tmi_shape_size(record->shape);
}

bool tmi_slot_find_around(const void *address, struct tmi_record *copy)
{
    uintptr_t wanted = (uintptr_t)address;
    uint32_t number = tmi_slot_around(address);
    uint32_t slab = (uint32_t)((wanted - tmi_slabs.base) >> TMI_SLAB_BITS);
    struct tmi_record next;
    bool there = is_there(number, copy);
    bool next_is_there;

    if (number == 0 && (tmi_load_acquire(&tmi_slabs.slabs[slab].count) == 0 ||
                        wanted >= (uintptr_t)tmi_slabs.slabs[slab].blocks))
        return false; /* past the last one */
    if (there && wanted < end_of(copy))
        return true;
    next_is_there = is_there(number != 0 ? after(number) : TMI_SLAB_NUMBER | slab * TMI_SLAB_SLOTS,
                             &next) &&
                    next.block - wanted <= tmi_slabs.zone;
    if (next_is_there && (!there || next.block - wanted < wanted - end_of(copy) + 1)) {
        *copy = next;
        return true;
    }
    return there;
}

/* Damage that was told from one block, told from another. */
static void tell_from(struct tmi_damage *damage, uintptr_t block, const struct tmi_record *other)
{
    ptrdiff_t distance = (ptrdiff_t)(block - other->block);

    damage->first += distance;
    damage->last += distance;
    damage->freed = tmi_life_state(other->life) == TMI_LIFE_FREED;
}

/* Whose it is that is as near to the one as to the other: a live one's, whichever is looked at. */
static bool keeps_what_is_between(const struct tmi_record *record, const struct tmi_record *other)
{
    return tmi_life_state(record->life) != TMI_LIFE_FREED ||
           (tmi_life_state(other->life) == TMI_LIFE_FREED && record->block < other->block);
}

/*
 * The block beside one that the caller has claimed or pinned. It does not wait: who has claimed
 * that one may look here.
 */
static bool is_beside(uint32_t number, struct tmi_record *copy)
{
    uint32_t life;

    if (number == 0)
        return false;
    do {
        life = tmi_load_acquire(&tmi_slot_of(number)->life);
        *copy = tmi_slot_record(number);
    } while ((copy->life ^ life) >= TMI_LIFE_AGE); /* another block took its place meanwhile */
    return tmi_life_state(life) != TMI_LIFE_NONE && tmi_life_state(life) != TMI_LIFE_LOST;
}

bool tmi_slot_blame_other(const struct tmi_record *record, struct tmi_damage *damage,
                          struct tmi_record *copy)
{
    uint32_t number = tmi_slot_around((const void *)record->block);
    ptrdiff_t size = (ptrdiff_t)tmi_shape_size(record->shape);
    ptrdiff_t from_this;
    ptrdiff_t from_other;

    if (damage->last < 0 && is_beside(before(number), copy)) {
        from_this = -1 - damage->last;
        from_other = (ptrdiff_t)(record->block - end_of(copy)) + damage->first;
        if (from_other <= 0)
            from_other = -1; /* begins right behind it, or within: an overrun */
    } else if (damage->first > size && is_beside(after(number), copy)) {
        from_this = damage->first - size;
        from_other = (ptrdiff_t)(copy->block - record->block) - 1 - damage->last;
    } else {
        return false;
    }
    if (from_this < from_other || (from_this == from_other && keeps_what_is_between(record, copy)))
        return false;
    damage->reaches_edge = from_this == 0; /* the edge of the other is at this one */
    tell_from(damage, record->block, copy);
    return true;
}

void tmi_slot_mend_zones(uint32_t number, const struct tmi_damage *damage)
{
    struct tmi_place place = tmi_place_of(number);
    size_t back = place.pitch - tmi_slabs.zone;

    if (damage->first < 0)
        tmi_zone_write((char *)place.block - tmi_slabs.zone, tmi_slabs.zone);
    if (damage->last >= (ptrdiff_t)back)
        tmi_zone_write((char *)place.block + back, tmi_slabs.zone);
}
