/*
 * platform/fault_windows.c: access violations, by a vectored handler. The contract is fault.h. It
 * is asked before the program's own handlers, which get what it passes on.
 */
#define WIN32_LEAN_AND_MEAN
#include "platform/fault.h"

#include <windows.h>

#include "platform/fault_turn.h"

static void *handler; /* guarded by the start of the library */

static struct tmi_fault fault_of(const EXCEPTION_POINTERS *exception)
{
    const EXCEPTION_RECORD *record = exception->ExceptionRecord;
    ULONG_PTR kind = record->ExceptionInformation[0];
    ULONG_PTR address = record->ExceptionInformation[1];
    bool known = address != ~(ULONG_PTR)0; /* an address that cannot be is not told */

    return (struct tmi_fault){
        .address = known ? (const void *)address : NULL,
        .address_known = known,
        .within_bytes = 1,
        .access = kind == 0   ? TMI_ACCESS_READ
                  : kind == 1 ? TMI_ACCESS_WRITE
                              : TMI_ACCESS_EXECUTE,
        .code = record->ExceptionAddress,
        .stack = (uintptr_t)exception->ContextRecord->Rsp,
        .frame = (uintptr_t)exception->ContextRecord->Rbp,
    };
}

static LONG CALLBACK on_exception(EXCEPTION_POINTERS *exception)
{
    DWORD saved_error = GetLastError();
    enum tmi_fault_answer answer = TMI_FAULT_PASS_ON;
    int place;

    if (exception->ExceptionRecord->ExceptionCode != EXCEPTION_ACCESS_VIOLATION ||
        exception->ExceptionRecord->NumberParameters < 2)
        return EXCEPTION_CONTINUE_SEARCH;
    place = tmi_fault_turn_enter(NULL);
    if (place == TMI_FAULT_IN_IT_ALREADY) {
        (void)tmi_fault_turn_break_off();
    } else if (place != TMI_FAULT_NO_PLACE) {
        struct tmi_fault fault = fault_of(exception);

        answer = tmi_fault_turn_catcher()->ask(&fault);
        tmi_fault_turn_leave(place);
    }
    SetLastError(saved_error);
    return answer == TMI_FAULT_RETRY ? EXCEPTION_CONTINUE_EXECUTION : EXCEPTION_CONTINUE_SEARCH;
}

bool tmi_fault_catch(const struct tmi_fault_catcher *catcher)
{
    tmi_fault_turn_set(catcher);
    if (handler == NULL)
        handler = AddVectoredExceptionHandler(1, on_exception);
    return handler != NULL;
}

void tmi_fault_release(void)
{
    if (handler != NULL)
        (void)RemoveVectoredExceptionHandler(handler);
    handler = NULL;
}

/* Where the function begins that code is in; the system has a table of them. 0: it is in none. */
static ULONG64 function_of(const void *code)
{
    ULONG64 image = 0;
    const RUNTIME_FUNCTION *function = RtlLookupFunctionEntry((ULONG64)code, &image, NULL);

    return function != NULL ? image + function->BeginAddress : 0;
}

bool tmi_fault_is_look(const void *code, tmi_code_fn *const *looks, size_t count)
{
    ULONG64 function = function_of(code);

    for (size_t i = 0; i < count; ++i)
        if (function != 0 && function == function_of((const void *)(uintptr_t)looks[i]))
            return true;
    return false;
}

/* Handlers run on the stack of the thread. */
void tmi_fault_thread_begin(void *stack, size_t size)
{
    (void)stack;
    (void)size;
}

void tmi_fault_thread_end(void *stack)
{
    (void)stack;
}
