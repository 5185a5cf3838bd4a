/*
 * A module whose frames stand on a stack that is taken, and which then is unloaded. Built twice,
 * with frames of different size in code of the same: who takes the one for the other finds what
 * the other has left there, an address in fn.
 */
#include <stdint.h>

typedef void stack_fn(void *user);

__attribute__((__visibility__("default"))) void stack_call_through(stack_fn *fn, void *user,
                                                                   uintptr_t *here);

__attribute__((__noinline__)) void stack_call_through(stack_fn *fn, void *user, uintptr_t *here)
{
    volatile uintptr_t room[STACK_ROOM];

    *here = (uintptr_t)__builtin_return_address(0);
    for (unsigned i = 0; i < STACK_ROOM; ++i)
        room[i] = (uintptr_t)fn + 16;
    fn(user);
    __asm__ volatile("" ::"r"(room) : "memory"); /* no tail call */
}
