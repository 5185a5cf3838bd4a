/*
 * block/slot_stacks_none.c: where there is no check mode no stack is a slot's own.
 */
#include "block/slot_stacks.h"

uint32_t tmi_slot_stack_lasting(uint32_t stack, uint32_t life)
{
    (void)life;
    return stack;
}
