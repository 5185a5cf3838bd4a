/*
 * The start of both suites of stacks.
 */
#ifndef TESTS_STACK_BEGIN_H
#define TESTS_STACK_BEGIN_H

#include "platform/platform.h"
#include "stack/stack.h"

static inline void *stack_map(size_t size)
{
    return tmi_platform_map(size);
}

/* What the thread keeps; NULL: no memory. */
static inline struct tmi_stack_thread *stack_begin(void)
{
    tmi_stack_start(stack_map);
    return stack_map(sizeof(struct tmi_stack_thread));
}

#endif
