/*
 * stack/quick_none.c: no libunwind; see unwind.h.
 */
#include "stack/unwind.h"

void tmi_unwind_quick_prepare(void)
{
}

void tmi_unwind_quick_after_fork(void)
{
}

size_t tmi_unwind_quick(uintptr_t from, uintptr_t *frames, size_t most)
{
    (void)from;
    (void)frames;
    (void)most;
    return 0;
}
