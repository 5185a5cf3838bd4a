/*
 * platform/fault_stack_linux.c: see fault_stack.h.
 *
 * A fault within fn is delivered on the thread's signal stack, from its top if the thread is not on
 * it: so this must be the one that fn runs on. The system refuses to change it from within.
 */
#define _GNU_SOURCE
#include "platform/fault_stack.h"

#include <signal.h>
#include <stdint.h>
#include <ucontext.h>

struct call {
    struct tmi_fault_stack *state;
    stack_t stack;
    void (*fn)(void *argument);
    void *argument;
};

#if defined(__x86_64__)

static bool call_on(char *stack, size_t size, void (*fn)(void *argument), void *argument)
{
    void *top = stack + size;

    __asm__ volatile("movq %%rsp, %%rbx\n\t"
                     "movq %%rdx, %%rsp\n\t"
                     "callq *%%rax\n\t"
                     "movq %%rbx, %%rsp"
                     : "+a"(fn), "+d"(top), "+D"(argument)
                     :
                     : "rbx", "rcx", "rsi", "r8", "r9", "r10", "r11", "memory", "cc", "xmm0",
                       "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9",
                       "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
    return true;
}

#elif defined(__i386__)

#if defined(__SSE__)
#define SSE_REGISTERS , "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7"
#else
#define SSE_REGISTERS
#endif

static bool call_on(char *stack, size_t size, void (*fn)(void *argument), void *argument)
{
    void *top = stack + size;

    __asm__ volatile("movl %%esp, %%esi\n\t"
                     "leal -12(%%edx), %%esp\n\t"
                     "pushl %%ecx\n\t"
                     "calll *%%eax\n\t"
                     "movl %%esi, %%esp"
                     : "+a"(fn), "+d"(top), "+c"(argument)
                     :
                     : "esi", "memory", "cc", "st", "st(1)", "st(2)", "st(3)", "st(4)", "st(5)",
                       "st(6)", "st(7)" SSE_REGISTERS);
    return true;
}

#elif defined(__aarch64__)

static bool call_on(char *stack, size_t size, void (*fn)(void *argument), void *argument)
{
    register void *first __asm__("x0") = argument;
    register void (*called)(void *) __asm__("x1") = fn;
    register void *top __asm__("x2") = stack + size;

    __asm__ volatile("mov x19, sp\n\t"
                     "mov sp, x2\n\t"
                     "blr x1\n\t"
                     "mov sp, x19"
                     : "+r"(first), "+r"(called), "+r"(top)
                     :
                     : "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14",
                       "x15", "x16", "x17", "x18", "x19", "x30", "memory", "cc", "v0", "v1", "v2",
                       "v3", "v4", "v5", "v6", "v7", "v16", "v17", "v18", "v19", "v20", "v21",
                       "v22", "v23", "v24", "v25", "v26", "v27", "v28", "v29", "v30", "v31");
    return true;
}

#elif defined(__GLIBC__)

/* Any other processor: by the C library. They begin the new stack, to spare the other one. */
struct contexts {
    ucontext_t here;
    ucontext_t there;
    void (*fn)(void *argument);
    void *argument;
};

/* The address of the contexts in halves: what is handed over are numbers of 32 bits. */
static void enter(unsigned high, unsigned low)
{
    struct contexts *contexts = (struct contexts *)(uintptr_t)((uint64_t)high << 32 | low);

    contexts->fn(contexts->argument);
}

static bool call_on(char *stack, size_t size, void (*fn)(void *argument), void *argument)
{
    struct contexts *contexts = (struct contexts *)(void *)stack;
    uint64_t address = (uintptr_t)contexts;

    contexts->fn = fn;
    contexts->argument = argument;
    if (getcontext(&contexts->there) != 0)
        return false;
    contexts->there.uc_stack.ss_sp = contexts + 1;
    contexts->there.uc_stack.ss_size = size - sizeof *contexts;
    contexts->there.uc_link = &contexts->here;
    makecontext(&contexts->there, (void (*)(void))enter, 2, (unsigned)(address >> 32),
                (unsigned)address);
    return swapcontext(&contexts->here, &contexts->there) == 0;
}

#else

static bool call_on(char *stack, size_t size, void (*fn)(void *argument), void *argument)
{
    (void)stack;
    (void)size;
    (void)fn;
    (void)argument;
    return false;
}

#endif

static void call_there(void *argument)
{
    struct call *call = argument;

    call->state->changed = sigaltstack(&call->stack, NULL) == 0;
    call->fn(call->argument);
}

void tmi_fault_stack_call(struct tmi_fault_stack *state, void *stack, size_t size,
                          void (*fn)(void *argument), void *argument)
{
    struct call call = { state, { .ss_sp = stack, .ss_size = size }, fn, argument };
    stack_t now;
    bool too_small = sigaltstack(NULL, &now) == 0 && (now.ss_flags & SS_ONSTACK) != 0 &&
                     now.ss_size < size;

    *state = (struct tmi_fault_stack){ now.ss_sp, now.ss_size, false };
    if (stack == NULL || !too_small || !call_on(stack, size, call_there, &call))
        fn(argument);
}

void tmi_fault_stack_leave(struct tmi_fault_stack *state)
{
    stack_t before = { .ss_sp = state->before, .ss_size = state->before_bytes };

    if (state->changed)
        (void)sigaltstack(&before, NULL);
    state->changed = false;
}
