/*
 * stack/known_none.c: no stack is known; see known.h.
 */
#include "stack/known.h"

void tmi_known_start(void *(*map)(size_t size))
{
    (void)map;
}

uint32_t tmi_known_again(struct tmi_stack_thread *thread, const uintptr_t *frame, uintptr_t end,
                         size_t depth)
{
    (void)thread;
    (void)frame;
    (void)end;
    (void)depth;
    return 0;
}

bool tmi_known_walk(struct tmi_stack_thread *thread, const uintptr_t *frame,
                    const struct tmi_stack_range *stack, size_t depth, bool lasting, uint32_t *id)
{
    (void)thread;
    (void)frame;
    (void)stack;
    (void)depth;
    (void)lasting;
    (void)id;
    return false;
}

enum tmi_framing tmi_known_framing(uintptr_t pc)
{
    (void)pc;
    return TMI_FRAMING_UNKNOWN;
}
