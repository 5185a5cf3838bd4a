/*
 * Frames of shapes that mislead who takes one stack for another: compiled without frame pointers.
 * Each function notes where it was called from, and takes the note back.
 */
#include "stack_shapes.h"

#include <stdalign.h>

uintptr_t stack_truth[256];
size_t stack_deep;

#define NOTE_CALL() (stack_truth[stack_deep++] = (uintptr_t)__builtin_return_address(0))
#define END_CALL()                                            \
    do {                                                      \
        --stack_deep;                                         \
        __asm__ volatile("" ::: "memory"); /* no tail call */ \
    } while (0)

/* On either side of one of two equal calls, or the compiler makes them one. */
#define APART() __asm__ volatile("nop")

__attribute__((__noinline__)) void stack_take_by(stack_fn *fn, void *user)
{
    NOTE_CALL();
    fn(user);
    END_CALL();
}

/* Two calls that are equal but for where they stand. */
void stack_branch(unsigned turns, unsigned levels, stack_fn *fn, void *user)
{
    NOTE_CALL();
    if (levels == 0) {
        stack_take_by(fn, user);
    } else if ((turns & 1) != 0) {
        APART();
        stack_branch(turns >> 1, levels - 1, fn, user);
        APART();
    } else {
        stack_branch(turns >> 1, levels - 1, fn, user);
    }
    END_CALL();
}

static __attribute__((__noinline__)) void inner(size_t size, stack_fn *fn, void *user)
{
    volatile char *room = __builtin_alloca(size);

    NOTE_CALL();
    __asm__ volatile("" ::"r"(room) : "memory");
    stack_take_by(fn, user);
    END_CALL();
}

void stack_slide(size_t outer, size_t all, bool turn, stack_fn *fn, void *user)
{
    volatile char *room = __builtin_alloca(outer);

    NOTE_CALL();
    __asm__ volatile("" ::"r"(room) : "memory");
    if (turn) {
        APART();
        inner(all - outer, fn, user);
        APART();
    } else {
        inner(all - outer, fn, user);
    }
    END_CALL();
}

void stack_realign(unsigned levels, stack_fn *fn, void *user)
{
    alignas(128) volatile char room[128] = { (char)levels };

    NOTE_CALL();
    __asm__ volatile("" ::"r"(room) : "memory");
    if (levels == 0)
        stack_take_by(fn, user);
    else
        stack_realign(levels - 1, fn, user);
    END_CALL();
}
