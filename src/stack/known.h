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
 * As tmi_stack_here, for a frame that lies in the stack that ends at `end`. *id: the number. False:
 * nothing is known of this stack.
 */
bool tmi_known_here(struct tmi_stack_thread *thread, uintptr_t frame, uintptr_t end, size_t depth,
                    uint32_t *id);

/* Whether the function that a return address lies in keeps frame pointers. */
enum tmi_framing { TMI_FRAMING_UNKNOWN, TMI_UNFRAMED, TMI_FRAMED };
enum tmi_framing tmi_known_framing(uintptr_t pc);

#endif
