/*
 * Compiled without frame pointers; the frame pointer's register is put to use, so that whoever
 * follows it goes astray.
 */
#include <stdint.h>

typedef void stack_fn(void *user);

void stack_call_unframed(stack_fn *fn, void *user, uintptr_t *here);
void stack_call_skipped(stack_fn *fn, void *user, uintptr_t *here);

__attribute__((__noinline__)) void stack_call_unframed(stack_fn *fn, void *user, uintptr_t *here)
{
    volatile uintptr_t noise[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
    uintptr_t a = noise[0], b = noise[1], c = noise[2], d = noise[3], e = noise[4], f = noise[5];

    *here = (uintptr_t)__builtin_return_address(0);
    fn(user);
    noise[6] = a + b * 3 + c * 5 + d * 7 + e * 11 + f * 13;
}

/* Leaves the register alone, so that whoever follows it skips this function's caller. */
__attribute__((__noinline__)) void stack_call_skipped(stack_fn *fn, void *user, uintptr_t *here)
{
    *here = (uintptr_t)__builtin_return_address(0);
    fn(user);
    __asm__ volatile("" ::: "memory"); /* no tail call */
}
