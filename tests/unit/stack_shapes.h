/*
 * Functions with frames of certain shapes, for stack_again_test.c.
 */
#ifndef TESTS_STACK_SHAPES_H
#define TESTS_STACK_SHAPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef void stack_fn(void *user);

/* The calls that are under way, the innermost last. */
extern uintptr_t stack_truth[256];
extern size_t stack_deep;

void stack_take_by(stack_fn *fn, void *user);

/* Calls itself `levels` times, each time by one of two calls, as the bits of turns say. */
void stack_branch(unsigned turns, unsigned levels, stack_fn *fn, void *user);

/*
 * Two frames, of which the outer one has `outer` and the inner one the rest of `all` bytes more
 * than they need; turn: by which of two calls the one calls the other.
 */
void stack_slide(size_t outer, size_t all, bool turn, stack_fn *fn, void *user);

/* Frames that are aligned to more than a call leaves them at. */
void stack_realign(unsigned levels, stack_fn *fn, void *user);

#endif
