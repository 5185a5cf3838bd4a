/*
 * block/slot_stacks.c: see slot_stacks.h. Words of four addresses are stored and read whole: a
 * reader may see one stack in part and another in part, which is told by the slot's life, but
 * nothing that is no address.
 */
#include "block/slot_stacks.h"

#define IN_WORD (sizeof(uint64_t) / sizeof(uint16_t))

static uint64_t *own_at(size_t index, bool freed)
{
    return (uint64_t *)(void *)(tmi_slabs.own[freed] + index * tmi_slabs.own_room);
}

/* The id of an own stack that was copied to its place; where that cannot be, one that lasts. */
static uint32_t copy_own(size_t index, const struct tmi_stack_own *own, uint32_t stack, bool freed)
{
    size_t words = own->count / IN_WORD + 1;
    uint64_t *to;

    if ((index >= tmi_load_acquire(&tmi_slabs.own_slots) && !tmi_slabs_open_own(own->most)) ||
        own->count > tmi_slabs.own_room)
        return tmi_stack_keep_own(own, stack);
    to = own_at(index, freed);
    words = words * IN_WORD <= tmi_slabs.own_room ? words : tmi_slabs.own_room / IN_WORD;
    for (size_t i = 0; i < words; ++i)
        tmi_store(&to[i], own->words[i]);
    return tmi_stack_own_stands(own, stack) ? TMI_STACK_OWN | (uint32_t)index << 1 | (uint32_t)freed
                                            : 0;
}

void tmi_slot_note_stack_slowly(const struct tmi_slot *slot, const struct tmi_checked_nest *nest,
                                bool freed)
{
    struct tmi_slot_stacks *stacks = tmi_slot_stacks_of(slot);
    uint32_t stack = nest != NULL ? nest->stack : 0;

    if (!tmi_load(&tmi_slabs.has_stacks) &&
        !__atomic_exchange_n(&tmi_slabs.has_stacks, true, __ATOMIC_RELAXED))
        tmi_own_add(tmi_slabs_most() * sizeof *stacks);
    if (tmi_stack_is_own(stack))
        stack = copy_own((size_t)(slot - tmi_slabs.slots), nest->own, stack, freed);
    tmi_slot_set_stack(stacks, stack, freed);
}

/* Whether what is known of a slot is still of the block that had this life. */
static bool is_of(const struct tmi_slot *slot, uint32_t life)
{
    uint32_t now = tmi_load(&slot->life);

    return now / TMI_LIFE_AGE == life / TMI_LIFE_AGE &&
           (tmi_life_state(now) == TMI_LIFE_NONE || tmi_life_state(life) != TMI_LIFE_NONE);
}

uint32_t tmi_slot_stack_lasting(uint32_t stack, uint32_t life)
{
    uint64_t words[TMI_STACK_MOST / IN_WORD + 1] = { 0 };
    size_t index = (stack & ~TMI_STACK_OWN) >> 1;
    const uint64_t *from;

    if (!tmi_stack_is_own(stack))
        return stack;
    from = own_at(index, (stack & 1) != 0);
    for (size_t i = 0; i < tmi_slabs.own_room / IN_WORD; ++i)
        words[i] = tmi_load_acquire(&from[i]); /* `life` is read after all of them */
    return is_of(&tmi_slabs.slots[index], life)
               ? tmi_stack_intern_own((const uint16_t *)(const void *)words)
               : 0;
}
