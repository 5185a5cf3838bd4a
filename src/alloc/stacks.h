/*
 * alloc/stacks.h: the stack of a verb's call, if the option stacks asks for it.
 */
#ifndef TMI_ALLOC_STACKS_H
#define TMI_ALLOC_STACKS_H

#include "alloc/thread.h"
#include "stack/stack.h"

/* Frames of each stack; 0: none is taken. Atomic, relaxed. */
extern TMI_HIDDEN uint32_t tmi_stacks_depth;

/* Lets the option act. No lock may be held: unwinders allocate on their first use. */
void tmi_stacks_configure(void);

/* In the child: what another thread was about to begin is begun anew when it is asked for. */
void tmi_stacks_after_fork(void);

TMI_NOINLINE uint32_t tmi_stacks_take_now(struct tmi_thread *thread, const void *frame);

/* The number of the stack from the caller of the verb on; frame is the verb's, or NULL. */
TMI_INLINE uint32_t tmi_stacks_take(struct tmi_thread *thread, const void *frame)
{
    return TMI_LIKELY(tmi_load(&tmi_stacks_depth) == 0) ? 0 : tmi_stacks_take_now(thread, frame);
}

/* Its slow half: what the thread keeps for it is not there yet, or the frame is not known. */
TMI_NOINLINE void tmi_stacks_note_slowly(struct tmi_thread *thread, const void *frame,
                                         uint32_t depth);

/* The same in check mode for the block that is now made or freed, which may keep it itself. */
TMI_INLINE void tmi_stacks_note(struct tmi_thread *thread, const void *frame)
{
    uint32_t depth = tmi_load_acquire(&tmi_stacks_depth); /* pairs with configure */

    if (TMI_LIKELY(depth == 0))
        thread->nest.checked.stack = 0;
    else if (TMI_UNLIKELY(thread->stack == NULL || frame == NULL))
        tmi_stacks_note_slowly(thread, frame, depth);
    else
        thread->nest.checked.stack = tmi_stack_take(thread->stack, frame, depth);
}

/* The thread ends: its record's next owner has another stack, which ends elsewhere. */
void tmi_stacks_thread_ends(struct tmi_thread *thread);

#endif
