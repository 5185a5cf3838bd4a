/*
 * block/reuse.c: the slow half of reuse.h. Takes no lock; the owner's thread only.
 */
#include "block/reuse.h"

#include <string.h>

#include "backend/backend.h"

static size_t depth_of(size_t class)
{
    size_t depth = 8192 / ((class + 1) * 16);

    if (depth > 64)
        return 64;
    return depth < 8 ? 8 : depth;
}

void tmi_reuse_init(struct tmi_reuse *reuse, struct tmi_graves *graves, bool on)
{
    void **slot = reuse->slots;

    reuse->graves = graves;
    for (size_t class = 0; class < TMI_REUSE_CLASSES; ++class) {
        *slot++ = NULL;
        reuse->stacks[class].top = slot;
        slot += on ? depth_of(class) : 0;
        reuse->stacks[class].limit = slot;
    }
}

static void **bottom_of(const struct tmi_reuse *reuse, size_t class)
{
    return class == 0 ? (void **)(uintptr_t)&reuse->slots[1] : reuse->stacks[class - 1].limit + 1;
}

/* The `count` oldest leave. */
static void drop(struct tmi_reuse *reuse, size_t class, size_t count)
{
    struct tmi_reuse_stack *stack = &reuse->stacks[class];
    void **bottom = bottom_of(reuse, class);

    tmi_store(&reuse->dropping, true);
    for (size_t i = 0; i < count; ++i) {
        const struct tmi_header *header = tmi_header_of(bottom[i]);
        struct trackmem_site *freed_at;

        memcpy(&freed_at, bottom[i], sizeof freed_at);
        tmi_graves_bury(reuse->graves, bottom[i], header->shape, header->owner, freed_at);
        tmi_backends[0].free(tmi_backends[0].context, (void *)(uintptr_t)header,
                             tmi_reuse_span_bytes(class), TRACKMEM_ALIGNMENT);
    }
    tmi_store(&stack->top, stack->top - count);
    memmove(bottom, bottom + count, (size_t)(stack->top - bottom) * sizeof *bottom);
    tmi_store(&reuse->dropping, false);
}

void tmi_reuse_trim(struct tmi_reuse *reuse)
{
    for (size_t class = 0; class < TMI_REUSE_CLASSES; ++class)
        drop(reuse, class, (size_t)(reuse->stacks[class].top - bottom_of(reuse, class)));
}

void tmi_reuse_after_fork(struct tmi_reuse *reuse)
{
    if (!reuse->dropping)
        return;
    for (size_t class = 0; class < TMI_REUSE_CLASSES; ++class)
        reuse->stacks[class].top = bottom_of(reuse, class);
    reuse->dropping = false;
}

bool tmi_reuse_make_room(struct tmi_reuse *reuse, size_t class)
{
    size_t depth = (size_t)(reuse->stacks[class].limit - bottom_of(reuse, class));

    if (depth == 0)
        return false;
    drop(reuse, class, depth / 2);
    return true;
}

size_t tmi_reuse_kept_bytes(const struct tmi_reuse *reuse)
{
    size_t bytes = 0;

    for (size_t class = 0; class < TMI_REUSE_CLASSES; ++class)
        bytes += (size_t)(tmi_load(&reuse->stacks[class].top) - bottom_of(reuse, class)) *
                 tmi_reuse_span_bytes(class);
    return bytes;
}
