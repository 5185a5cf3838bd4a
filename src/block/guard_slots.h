/*
 * block/guard_slots.h: the slots that blocks of guard.h stand in: which are free, and which one an
 * address lies in. Only guard.c includes it.
 *
 * Slots of one size come in chunks of the reservation; the records of a chunk are made with it,
 * from our own memory, and stay. What is freed waits in one queue for all, oldest out first: until
 * KEPT_SLOTS do, or so many bytes of blocks as tmi_slots_start is told; where nothing else is left
 * it is taken before.
 */
#ifndef TMI_BLOCK_GUARD_SLOTS_H
#define TMI_BLOCK_GUARD_SLOTS_H

#include "block/guard.h"

#define TMI_SLOT_CLASSES      24u /* a slot of class c has 2^c pages */
#define TMI_SLOT_SAMPLE_CLASS 2u  /* of all that are sampled */

/*
 * Reserves address space; sampled: at most 2 MiB. by_bytes: what waits is bounded by
 * tmi_slots_set_bound. False: there is no address space.
 */
bool tmi_slots_start(bool sampled, bool by_bytes);
void tmi_slots_set_bound(size_t bytes);

size_t tmi_slot_bytes(unsigned class);
size_t tmi_slot_page(void);

/* Where a slot starts that nobody has; 0: there is none. Takes "guard". */
uintptr_t tmi_slots_take(unsigned class);

/* Takes back one that has closed pages; its last block stays on record. Takes "guard". */
void tmi_slots_put(struct tmi_guarded *slot);

/* The slot that an address of the reservation lies in, *start, *class: its own; NULL: no slot. */
struct tmi_guarded *tmi_slots_find(uintptr_t address, uintptr_t *start, unsigned *class);

/* Where the last slot ends. */
uintptr_t tmi_slots_end(void);

void tmi_slots_lock_for_fork(void);
void tmi_slots_unlock_after_fork(void);

TMI_INLINE uintptr_t tmi_round_up(uintptr_t address, size_t unit)
{
    return (address + unit - 1) & ~(uintptr_t)(unit - 1);
}

TMI_INLINE uintptr_t tmi_round_down(uintptr_t address, size_t unit)
{
    return address & ~(uintptr_t)(unit - 1);
}

#endif
