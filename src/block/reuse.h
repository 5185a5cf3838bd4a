/*
 * block/reuse.h: freed small spans that a thread keeps for its next allocations, so that most never
 * reach the backend. Last in, first out: the next block of a size is the one that is hot.
 *
 * Only plain blocks of up to TMI_REUSE_MAX bytes from the process's backend, where that is the C
 * library or mimalloc, and none that stands in the exact table. Spans come in classes 16 bytes
 * apart; of each a thread keeps at most 8 KiB or 8. A kept block has its header, state freed; its
 * first word holds the site that freed it.
 */
#ifndef TMI_BLOCK_REUSE_H
#define TMI_BLOCK_REUSE_H

#include "block/graves.h"
#include "block/header.h"

#define TMI_REUSE_CLASSES 65u
#define TMI_REUSE_MAX     (TMI_REUSE_CLASSES * 16u - 8u) /* bytes asked for */
#define TMI_REUSE_SLOTS   1640u /* the sum of all depths, and an end mark for each class */

/* A stack of blocks; below its first slot stands NULL. */
struct tmi_reuse_stack {
    void **top; /* one past the uppermost */
    void **limit;
};

struct tmi_reuse {
    struct tmi_reuse_stack stacks[TMI_REUSE_CLASSES];
    struct tmi_graves *graves; /* where what leaves goes on record */
    bool dropping;             /* atomic: some of what a stack shows is the backend's already */
    void *slots[TMI_REUSE_SLOTS];
};

/* on: false makes every stack empty and full at once. */
void tmi_reuse_init(struct tmi_reuse *reuse, struct tmi_graves *graves, bool on);

/* Gives all that is kept back to the backend. */
void tmi_reuse_trim(struct tmi_reuse *reuse);

/* Makes room in a full stack by giving its older half to the backend; false if it keeps none. */
bool tmi_reuse_make_room(struct tmi_reuse *reuse, size_t class);

/* In a fork's child, for a thread that is gone: what it was about to give back is let be. */
void tmi_reuse_after_fork(struct tmi_reuse *reuse);

/* Bytes kept now; may be read by another thread, then it is a near guess. */
size_t tmi_reuse_kept_bytes(const struct tmi_reuse *reuse);

/* The class of a size; TMI_REUSE_CLASSES or more: not kept. */
TMI_INLINE size_t tmi_reuse_class(size_t size)
{
    return (size + 7) >> 4;
}

/* What is asked of the backend for a plain block of that class: all that its malloc rounds up. */
TMI_INLINE size_t tmi_reuse_span_bytes(size_t class)
{
    return TMI_HEADER_BYTES + class * 16 + 8;
}

/* The stack of a class; peek gives its next block, NULL if none is kept; drop takes that out. */
TMI_INLINE struct tmi_reuse_stack *tmi_reuse_stack(struct tmi_reuse *reuse, size_t class)
{
    struct tmi_reuse_stack *stack = &reuse->stacks[class];

    TMI_COMPUTE_ONCE(stack);
    return stack;
}

TMI_INLINE void *tmi_reuse_peek(const struct tmi_reuse_stack *stack)
{
    return stack->top[-1];
}

TMI_INLINE void tmi_reuse_drop(struct tmi_reuse_stack *stack)
{
    tmi_store(&stack->top, stack->top - 1); /* read by tmi_reuse_kept_bytes */
}

TMI_INLINE void *tmi_reuse_pop(struct tmi_reuse *reuse, size_t class)
{
    struct tmi_reuse_stack *stack = tmi_reuse_stack(reuse, class);
    void *block = tmi_reuse_peek(stack);

    if (TMI_LIKELY(block != NULL))
        tmi_reuse_drop(stack);
    return block;
}

/* Whether none of that class is kept, though they may be. */
TMI_INLINE bool tmi_reuse_is_empty(struct tmi_reuse *reuse, size_t class)
{
    const struct tmi_reuse_stack *stack = tmi_reuse_stack(reuse, class);

    return tmi_reuse_peek(stack) == NULL && stack->top != stack->limit;
}

/* Keeps a block, its header marked freed; false if there is no room. */
TMI_INLINE bool tmi_reuse_push(struct tmi_reuse *reuse, size_t class, void *block,
                               struct trackmem_site *freed_at)
{
    struct tmi_reuse_stack *stack = tmi_reuse_stack(reuse, class);
    void **top = stack->top;

    if (TMI_UNLIKELY(top == stack->limit))
        return false;
    __builtin_memcpy(block, &freed_at, sizeof freed_at);
    *top = block;
    tmi_store(&stack->top, top + 1);
    return true;
}

#endif
