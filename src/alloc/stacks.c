/*
 * alloc/stacks.c: see stacks.h.
 */
#include "alloc/stacks.h"

#include "account/own.h"
#include "alloc/options.h"

uint32_t tmi_stacks_depth;

static uint32_t begun; /* atomic; what allocates meanwhile takes no stack yet */
static uint32_t ready; /* stored with release, read with acquire */

void tmi_stacks_configure(void)
{
    if (tmi_options.stacks != 0 && tmi_load(&begun) == 0 && tmi_add(&begun, 1) == 0) {
        tmi_stack_start(tmi_own_map);
        tmi_store_release(&ready, 1);
    }
    if (tmi_load_acquire(&ready) != 0)
        tmi_store_release(&tmi_stacks_depth, (uint32_t)tmi_options.stacks);
}

void tmi_stacks_after_fork(void)
{
    if (tmi_load(&begun) != 0)
        tmi_stack_after_fork();
    tmi_store(&begun, tmi_load_acquire(&ready));
}

/* What the thread keeps; NULL: no memory. */
static struct tmi_stack_thread *kept_by(struct tmi_thread *thread)
{
    if (TMI_LIKELY(thread->stack != NULL))
        return thread->stack;
    thread->stack = tmi_own_map(sizeof *thread->stack);
    if (tmi_checking && thread->stack != NULL)
        thread->nest.checked.own = &thread->stack->own;
    return thread->stack;
}

uint32_t tmi_stacks_take_now(struct tmi_thread *thread, const void *frame)
{
    uint32_t depth = tmi_load_acquire(&tmi_stacks_depth); /* pairs with configure */

    if (depth == 0)
        return 0; /* meanwhile */
    return tmi_stack_here(thread != NULL ? kept_by(thread) : NULL,
                          frame != NULL ? frame : TMI_FRAME(), depth);
}

void tmi_stacks_note_slowly(struct tmi_thread *thread, const void *frame, uint32_t depth)
{
    thread->nest.checked.stack = tmi_stack_take(kept_by(thread),
                                                frame != NULL ? frame : TMI_FRAME(), depth);
}

void tmi_stacks_thread_ends(struct tmi_thread *thread)
{
    if (thread->stack != NULL)
        tmi_stack_thread_ends(thread->stack);
}
