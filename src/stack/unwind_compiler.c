/*
 * stack/unwind_compiler.c: frames by the compiler's unwinder; see unwind.h.
 *
 * On glibc from 2.35 on it finds its tables without a lock, and so may be called in a signal
 * handler; elsewhere it takes the loader's, which a handler must not do that struck in the loader.
 */
#include <unwind.h>

#include "base/compiler.h"
#include "stack/unwind.h"

struct walk {
    const struct tmi_unwind_start *start;
    struct tmi_unwound *frames;
    size_t most;
    size_t count;
    bool begun;
};

static _Unwind_Reason_Code visit(struct _Unwind_Context *context, void *user)
{
    struct walk *walk = user;
    int is_exact = 0;
    struct tmi_unwound frame = {
        .pc = TMI_WITHOUT_SIGNATURE(_Unwind_GetIPInfo(context, &is_exact)),
        .stack = _Unwind_GetCFA(context),
    };

    if (!walk->begun)
        walk->begun = walk->start->pc != 0 ? frame.pc == walk->start->pc
                                           : frame.stack > (uintptr_t)walk->start->frame;
    if (!walk->begun || frame.pc == 0) /* 0: behind the outermost */
        return _URC_NO_REASON;
    if (walk->count == walk->most)
        return _URC_END_OF_STACK;
#if TMI_FRAME_CHAIN
    frame.frame = _Unwind_GetGR(context, TMI_FRAME_REGISTER);
#endif
    frame.pc += is_exact != 0 || (walk->start->pc != 0 && walk->count == 0);
    walk->frames[walk->count++] = frame;
    return _URC_NO_REASON;
}

void tmi_unwind_prepare(void)
{
    struct tmi_unwound frame;
    struct tmi_unwind_start start = { .frame = TMI_FRAME() };
    bool complete;

    (void)tmi_unwind(&start, &frame, 1, &complete);
}

size_t tmi_unwind(const struct tmi_unwind_start *start, struct tmi_unwound *frames, size_t most,
                  bool *complete)
{
    struct walk walk = { start, frames, most, 0, false };

    /* An end that visit makes comes back as an error. */
    *complete = _Unwind_Backtrace(visit, &walk) == _URC_END_OF_STACK;
    return walk.count;
}
