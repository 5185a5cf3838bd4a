/*
 * stack/known_none.c: no stack is known; see known.h.
 */
#include "stack/known.h"

void tmi_known_start(void *(*map)(size_t size))
{
    (void)map;
}

bool tmi_known_here(struct tmi_stack_thread *thread, uintptr_t frame, uintptr_t end, size_t depth,
                    uint32_t *id)
{
    (void)thread;
    (void)frame;
    (void)end;
    (void)depth;
    (void)id;
    return false;
}

enum tmi_framing tmi_known_framing(uintptr_t pc)
{
    (void)pc;
    return TMI_FRAMING_UNKNOWN;
}
