/*
 * stack/none.c: no stacks: firmware has no tables to find frames by, and its compilers keep no
 * frame pointers. See stack.h.
 */
#include "stack/stack.h"

void tmi_stack_start(void *(*map)(size_t size))
{
    (void)map;
}

void tmi_stack_after_fork(void)
{
}

void tmi_stack_thread_ends(struct tmi_stack_thread *thread)
{
    (void)thread;
}

uint32_t tmi_stack_here(struct tmi_stack_thread *thread, const void *frame, size_t depth)
{
    (void)thread;
    (void)frame;
    (void)depth;
    return 0;
}

uint32_t tmi_known_again(struct tmi_stack_thread *thread, const uintptr_t *frame, uintptr_t end,
                         size_t depth)
{
    (void)end;
    return tmi_stack_here(thread, frame, depth);
}

uint32_t tmi_stack_take_anew(struct tmi_stack_thread *thread, struct tmi_stack_range *bounds,
                             const void *frame, size_t depth)
{
    (void)bounds;
    return tmi_stack_here(thread, frame, depth);
}

uint32_t tmi_stack_keep_own(const struct tmi_stack_own *own, uint32_t id)
{
    (void)own;
    (void)id;
    return 0;
}

uint32_t tmi_stack_intern_own(const uint16_t *addresses)
{
    (void)addresses;
    return 0;
}

size_t tmi_stack_at(const struct tmi_stack_registers *registers, uintptr_t *frames, size_t depth)
{
    (void)registers;
    (void)frames;
    (void)depth;
    return 0;
}

uint32_t tmi_stack_intern(const uintptr_t *frames, size_t count)
{
    (void)frames;
    (void)count;
    return 0;
}

bool tmi_stack_read(uint32_t id, struct tmi_stack *stack)
{
    (void)id;
    stack->count = 0;
    return false;
}

const struct tmi_stack_module *tmi_stack_module_of(const struct tmi_stack *stack, uint32_t number)
{
    (void)stack;
    (void)number;
    return NULL;
}

const struct tmi_stack_module *tmi_stack_module_at(uintptr_t frame)
{
    (void)frame;
    return NULL;
}

struct tmi_stack_stats tmi_stack_stats(void)
{
    return (struct tmi_stack_stats){ 0, 0 };
}
