/*
 * A module whose frames stand on a stack that is taken, and which then is unloaded.
 */
#include <stdint.h>

typedef void stack_fn(void *user);

__attribute__((__visibility__("default"))) void stack_call_through(stack_fn *fn, void *user);

__attribute__((__noinline__)) void stack_call_through(stack_fn *fn, void *user)
{
    fn(user);
    __asm__ volatile("" ::: "memory"); /* no tail call */
}
