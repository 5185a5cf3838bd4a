/*
 * stack/known.h: stacks that a thread knows again without walking them; one of two files, which
 * the build chooses.
 *
 *   known_x86_64.c   by the words of the stack on which it depends
 *   known_none.c     no stack is known: walk.c goes by frame pointers and unwinders alone
 */
#ifndef TMI_STACK_KNOWN_H
#define TMI_STACK_KNOWN_H

#include "stack/stack.h"

void tmi_known_start(void *(*map)(size_t size));

/*
 * Walks it. *id: its number; unless lasting, perhaps TMI_STACK_OWN: see tmi_stack_take. False:
 * there is no rule for some frame.
 */
bool tmi_known_walk(struct tmi_stack_thread *thread, const uintptr_t *frame,
                    const struct tmi_stack_range *stack, size_t depth, bool lasting, uint32_t *id);

/* Whether the function that a return address lies in keeps frame pointers. */
enum tmi_framing { TMI_FRAMING_UNKNOWN, TMI_UNFRAMED, TMI_FRAMED };
enum tmi_framing tmi_known_framing(uintptr_t pc);

#endif
