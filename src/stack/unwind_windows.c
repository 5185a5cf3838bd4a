/*
 * stack/unwind_windows.c: frames by the tables that 64-bit Windows demands of every function;
 * see unwind.h. Allocates nothing. Not CaptureStackBackTrace, which gives no stack pointers and
 * cannot begin where a fault struck.
 */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include <string.h>

#include "stack/unwind.h"

#define INNER_FRAMES 64 /* of ours and of the system, before the first one that is wanted */

void tmi_unwind_prepare(void)
{
}

/* One frame outwards; false at the end. A leaf has no entry: its return address is on top. */
static bool step(CONTEXT *context)
{
    DWORD64 image;
    RUNTIME_FUNCTION *function = RtlLookupFunctionEntry(context->Rip, &image, NULL);
    void *handler_data;
    DWORD64 establisher;
    DWORD64 before = context->Rsp;

    if (function == NULL) {
        ULONG_PTR low;
        ULONG_PTR high;

        GetCurrentThreadStackLimits(&low, &high);
        if (context->Rsp < low || context->Rsp > high - sizeof(DWORD64))
            return false;
        memcpy(&context->Rip, (const void *)context->Rsp, sizeof context->Rip);
        context->Rsp += sizeof(DWORD64);
    } else {
        (void)RtlVirtualUnwind(UNW_FLAG_NHANDLER, image, context->Rip, function, context,
                               &handler_data, &establisher, NULL);
    }
    return context->Rip != 0 && context->Rsp > before;
}

size_t tmi_unwind(const struct tmi_unwind_start *start, struct tmi_unwound *frames, size_t most,
                  bool *complete)
{
    CONTEXT context;
    size_t count = 0;
    bool begun = false;

    *complete = false;
    RtlCaptureContext(&context);
    for (size_t inner = 0; inner < INNER_FRAMES || begun; inner += !begun) {
        if (!begun)
            begun = start->pc != 0 ? context.Rip == start->pc
                                   : context.Rsp > (uintptr_t)start->frame;
        if (begun && count == most)
            return count;
        if (begun) {
            frames[count++] = (struct tmi_unwound){
                .pc = (uintptr_t)context.Rip + (start->pc != 0 && count == 0),
                .stack = (uintptr_t)context.Rsp,
                .frame = (uintptr_t)context.Rbp,
            };
        }
        if (!step(&context)) {
            *complete = begun;
            return count;
        }
    }
    return count;
}
