/*
 * block/slot_stacks.h: the stacks of what stands in slots: of the allocation of the last block and
 * of its free. Most are numbers of src/stack. A stack that hardly comes again is the slot's own
 * (tmi_stack_take): its addresses stand in a table beside the slots, where the next block's take
 * their place, so that nothing is kept of stacks whose blocks are gone:
 *
 *     own[0]   | stack of slot 0's allocation | of slot 1's | ... |     2 bytes a frame, a 0 behind
 *     own[1]   | stack of slot 0's free | of slot 1's | ... |           the last if there is room
 *
 * Apart, since of a program that frees in few places one of the two costs no page. An id says
 * which it is, so that it goes through records as any other; who wants to show it, or to hold it
 * against others, asks for a number that lasts.
 */
#ifndef TMI_BLOCK_SLOT_STACKS_H
#define TMI_BLOCK_SLOT_STACKS_H

#include "block/quarantine.h"
#include "stack/stack.h"

TMI_INLINE void tmi_slot_set_stack(struct tmi_slot_stacks *stacks, uint32_t stack, bool freed)
{
    if (freed) {
        tmi_store(&stacks->freed, stack);
        return;
    }
    tmi_store(&stacks->allocated, stack);
    tmi_store(&stacks->freed, 0);
}

/* Notes the stack of the call that is under way; nest may be NULL. */
void tmi_slot_note_stack_slowly(const struct tmi_slot *slot, const struct tmi_checked_nest *nest,
                                bool freed);

TMI_INLINE void tmi_slot_note_stack(const struct tmi_slot *slot,
                                    const struct tmi_checked_nest *nest, bool freed)
{
    bool noting = tmi_load(&tmi_slabs.has_stacks);

    if (TMI_LIKELY(noting) && nest != NULL && !tmi_stack_is_own(nest->stack))
        tmi_slot_set_stack(tmi_slot_stacks_of(slot), nest->stack, freed);
    else if (noting || (nest != NULL && nest->stack != 0))
        tmi_slot_note_stack_slowly(slot, nest, freed);
}

/* That of a free will be noted: fetches where it goes. */
TMI_INLINE void tmi_slot_fetch_stacks(const struct tmi_slot *slot)
{
    size_t index = (size_t)(slot - tmi_slabs.slots);

    if (!tmi_load(&tmi_slabs.has_stacks))
        return;
    TMI_PREFETCH(&tmi_slabs.stacks[index]);
    if (tmi_load(&tmi_slabs.own_slots) != 0)
        TMI_PREFETCH(&tmi_slabs.own[1][index * tmi_slabs.own_room]);
}

/*
 * The number that lasts of a stack from the record of a block, whose life is that of the record. 0:
 * there is none, or it went with the block.
 */
uint32_t tmi_slot_stack_lasting(uint32_t stack, uint32_t life);

/* The same of the call that is under way. */
TMI_INLINE uint32_t tmi_nest_stack_lasting(const struct tmi_checked_nest *nest)
{
    return nest == NULL                    ? 0
           : tmi_stack_is_own(nest->stack) ? tmi_stack_keep_own(nest->own, nest->stack)
                                           : nest->stack;
}

#endif
