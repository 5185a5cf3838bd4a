/*
 * platform/fault_windows.c: access violations, by a vectored handler. The contract is fault.h. It
 * is asked before the program's own handlers, which get what it passes on.
 */
#define WIN32_LEAN_AND_MEAN
#include "platform/fault.h"

#include <windows.h>

#include "base/atomic.h"
#include "platform/platform.h"
#include "platform/self.h"

#define MOST_AT_ONCE 64

static struct {
    tmi_fault_fn *fn;                 /* atomic */
    void *handler;                    /* guarded by the start of the library */
    uintptr_t handling[MOST_AT_ONCE]; /* atomic: threads in fn; 0: a free place */
} fault_state;

enum { NO_PLACE = -1, IN_IT_ALREADY = -2 };

static int find_self(void)
{
    uintptr_t self = tmi_self_identity();

    for (int i = 0; i < MOST_AT_ONCE; ++i)
        if (tmi_load(&fault_state.handling[i]) == self)
            return i;
    return NO_PLACE;
}

static int enter(void)
{
    uintptr_t self = tmi_self_identity();

    if (find_self() != NO_PLACE)
        return IN_IT_ALREADY;
    for (int i = 0; i < MOST_AT_ONCE; ++i) {
        uintptr_t nobody = 0;

        if (__atomic_compare_exchange_n(&fault_state.handling[i], &nobody, self, false,
                                        __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
            return i;
    }
    return NO_PLACE;
}

bool tmi_fault_is_handled_here(void)
{
    return find_self() != NO_PLACE;
}

static struct tmi_fault fault_of(const EXCEPTION_POINTERS *exception)
{
    const EXCEPTION_RECORD *record = exception->ExceptionRecord;
    ULONG_PTR kind = record->ExceptionInformation[0];
    ULONG_PTR address = record->ExceptionInformation[1];
    bool known = address != ~(ULONG_PTR)0; /* an address that cannot be is not told */

    return (struct tmi_fault){
        .address = known ? (const void *)address : NULL,
        .address_known = known,
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
    static const char again[] = "trackmem: a fault within the report of a fault: it is passed on\n";
    DWORD saved_error = GetLastError();
    enum tmi_fault_answer answer = TMI_FAULT_PASS_ON;
    int place;

    if (exception->ExceptionRecord->ExceptionCode != EXCEPTION_ACCESS_VIOLATION ||
        exception->ExceptionRecord->NumberParameters < 2)
        return EXCEPTION_CONTINUE_SEARCH;
    place = enter();
    if (place == IN_IT_ALREADY) {
        (void)tmi_platform_write(2, again, sizeof again - 1);
    } else if (place != NO_PLACE) {
        struct tmi_fault fault = fault_of(exception);

        answer = tmi_load(&fault_state.fn)(&fault);
        tmi_store_release(&fault_state.handling[place], 0);
    }
    SetLastError(saved_error);
    return answer == TMI_FAULT_RETRY ? EXCEPTION_CONTINUE_EXECUTION : EXCEPTION_CONTINUE_SEARCH;
}

bool tmi_fault_catch(tmi_fault_fn *fn)
{
    tmi_store(&fault_state.fn, fn);
    if (fault_state.handler == NULL)
        fault_state.handler = AddVectoredExceptionHandler(1, on_exception);
    return fault_state.handler != NULL;
}

void tmi_fault_release(void)
{
    if (fault_state.handler != NULL)
        (void)RemoveVectoredExceptionHandler(fault_state.handler);
    fault_state.handler = NULL;
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
