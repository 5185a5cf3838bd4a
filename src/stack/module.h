/*
 * stack/module.h: the modules that addresses belong to, also those that are gone. For stack/ alone.
 */
#ifndef TMI_STACK_MODULE_H
#define TMI_STACK_MODULE_H

#include "stack/stack.h"

#define TMI_STACK_START_MOST 2u /* frames of the C library's start that are left out: walk.c */

#define TMI_STACK_MODULES 4096u /* loads that are remembered; what is loaded later stays unnamed */

void tmi_stack_module_start(void *(*map)(size_t size));

/* Of intern.c. */
void tmi_stack_intern_start(void *(*map)(size_t size));

/* As tmi_stack_intern, for who has looked, as below, or has frames of lasting modules alone. */
uint32_t tmi_stack_intern_present(const uintptr_t *frames, size_t count);

/* The number of an address in an epoch; 0: there is no room. */
uint32_t tmi_stack_address(uintptr_t pc, uint32_t epoch);

/* Whether there are so few stacks that each new one is kept. */
bool tmi_stack_keeps_freely(void);

/* Whether a number stands for these frames, in some epoch. */
bool tmi_stack_is(uint32_t id, const uintptr_t *frames, size_t count);

/*
 * Looks whether modules came or went, and returns the present epoch, which a module that goes ends.
 * Takes the loader's lock, and waits for nothing of ours: if another thread looks just now, what
 * it has seen so far must do.
 */
uint32_t tmi_stack_module_look(void);

/* The epoch of the last look. */
uint32_t tmi_stack_module_epoch(void);

/* Whether that was the epoch of the last look, and nothing came or went since. */
bool tmi_stack_module_is_present(uint32_t epoch);

/* Whether some of the frames are of a module that may be unloaded, or of none that is known. */
bool tmi_stack_module_passes(const uintptr_t *frames, size_t count);

/* Whether a frame that belonged to a module in that epoch still does. */
bool tmi_stack_module_stands(uintptr_t frame, uint32_t epoch);

#endif
