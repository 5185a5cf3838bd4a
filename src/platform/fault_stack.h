/*
 * platform/fault_stack.h: a report needs more stack than the signal stack that a program may have
 * set for itself. Linux; async-signal-safe.
 */
#ifndef TMI_PLATFORM_FAULT_STACK_H
#define TMI_PLATFORM_FAULT_STACK_H

#include <stdbool.h>
#include <stddef.h>

/* Whether the thread's signal stack was changed, and what it was. */
struct tmi_fault_stack {
    void *before;
    size_t before_bytes;
    bool changed;
};

/*
 * Calls fn(argument) in the handler of a signal: on the stack of `size` bytes, which becomes the
 * thread's signal stack, if the handler runs on one that is smaller and there is a way to change
 * stacks (none with musl on unusual processors); else where it is. stack may be NULL.
 * tmi_fault_stack_leave undoes it, after fn has returned or was left by a jump.
 */
void tmi_fault_stack_call(struct tmi_fault_stack *state, void *stack, size_t size,
                          void (*fn)(void *argument), void *argument);
void tmi_fault_stack_leave(struct tmi_fault_stack *state);

#endif
