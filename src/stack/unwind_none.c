/*
 * stack/unwind_none.c: a system without tables of frames; see unwind.h.
 */
#include "stack/unwind.h"

void tmi_unwind_prepare(void)
{
}

size_t tmi_unwind(const struct tmi_unwind_start *start, struct tmi_unwound *frames, size_t most,
                  bool *complete)
{
    (void)start;
    (void)frames;
    (void)most;
    *complete = false;
    return 0;
}
