/*
 * stack/intern.c: a number for each stack. Nothing here waits or is ever freed, so that readers
 * need no lock and a signal handler may intern.
 *
 *     heads[hash]: number of the first stack in the bucket, 0: none
 *     chunks:      | stack | stack | ... | unused |      a number is a stack's place in all chunks,
 *                                                        in units of 8 bytes; 0 is never one
 *
 * Two threads that meet the same new stack may both write it down; the one whose number does not
 * get into the bucket loses those bytes and takes the other's.
 */
#include <string.h>

#include "base/atomic.h"
#include "stack/module.h"

#define UNIT        8u
#define CHUNK_BYTES 262144u
#define CHUNKS      (sizeof(void *) > 4 ? 256u : 64u) /* 64 MiB in all; 16 on 32 bits */
#define HEADS       65536u

static struct {
    void *(*map)(size_t size);
    uint32_t *heads;   /* HEADS; stored with release, read with acquire */
    char *chunks[256]; /* the same */
    uint32_t next;     /* atomic: first unused unit */
    uint32_t count;    /* atomic, relaxed, as is the next: figures */
    uintptr_t lost;
} stacks;

void tmi_stack_intern_start(void *(*map)(size_t size))
{
    stacks.map = map;
    stacks.next = 1;
    stacks.heads = map(HEADS * sizeof *stacks.heads);
}

const struct tmi_stack *tmi_stack_by_id(uint32_t id)
{
    size_t place = (size_t)id * UNIT;
    char *chunk;

    if (id == 0 || id >= tmi_load(&stacks.next))
        return NULL;
    chunk = tmi_load_acquire(&stacks.chunks[place / CHUNK_BYTES]);
    return chunk != NULL ? (const struct tmi_stack *)(const void *)(chunk + place % CHUNK_BYTES)
                         : NULL;
}

static uint32_t hash_of(const uintptr_t *frames, size_t count)
{
    uint64_t hash = count;

    for (size_t i = 0; i < count; ++i) {
        hash = (hash ^ frames[i]) * 0x9e3779b97f4a7c15u;
        hash ^= hash >> 29;
    }
    return (uint32_t)(hash ^ hash >> 32);
}

/*
 * The same addresses in another epoch are the same stack if their modules still stand. It stays
 * with the epoch in which it was new: in that one its modules are known.
 */
static bool is_same(const struct tmi_stack *stack, uint32_t hash, const uintptr_t *frames,
                    size_t count, uint32_t epoch)
{
    if (stack->hash != hash || stack->count != count ||
        memcmp(stack->frames, frames, count * sizeof *frames) != 0)
        return false;
    for (size_t i = 0; stack->epoch != epoch && i < count; ++i)
        if (!tmi_stack_module_stands(frames[i], stack->epoch))
            return false;
    return true;
}

static uint32_t find(uint32_t id, uint32_t until, uint32_t hash, const uintptr_t *frames,
                     size_t count, uint32_t epoch)
{
    while (id != until) {
        const struct tmi_stack *stack = tmi_stack_by_id(id);

        if (is_same(stack, hash, frames, count, epoch))
            return id;
        id = stack->next;
    }
    return 0;
}

/* The chunk of a place, mapped if it is not yet. */
static char *chunk_of(size_t place)
{
    char **slot = &stacks.chunks[place / CHUNK_BYTES];
    char *chunk = tmi_load_acquire(slot);
    char *mapped;

    if (chunk != NULL)
        return chunk;
    mapped = stacks.map(CHUNK_BYTES); /* lost, if another thread was quicker */
    if (mapped != NULL && __atomic_compare_exchange_n(slot, &chunk, mapped, false, __ATOMIC_ACQ_REL,
                                                      __ATOMIC_ACQUIRE))
        return mapped;
    return chunk;
}

/* The number of so many units that lie in one chunk; 0: none are left. */
static uint32_t take_units(uint32_t units)
{
    uint32_t next = tmi_load(&stacks.next);
    uint32_t start;

    do {
        const uint32_t in_chunk = CHUNK_BYTES / UNIT;

        start = next % in_chunk + units > in_chunk ? (next / in_chunk + 1) * in_chunk : next;
        if (start / in_chunk >= CHUNKS || chunk_of((size_t)start * UNIT) == NULL)
            return 0;
    } while (!__atomic_compare_exchange_n(&stacks.next, &next, start + units, true,
                                          __ATOMIC_RELAXED, __ATOMIC_RELAXED));
    return start;
}

/* Modules are looked at only when a stack is new: then its own are known before they can go. */
static uint32_t find_or_insert(uint32_t hash, const uintptr_t *frames, size_t count)
{
    uint32_t *head = &stacks.heads[hash % HEADS];
    uint32_t first = tmi_load_acquire(head);
    uint32_t seen = 0; /* from here on the bucket was searched */
    uint32_t epoch = tmi_stack_module_epoch();
    size_t size = sizeof(struct tmi_stack) + count * sizeof *frames;
    uint32_t id = 0;
    struct tmi_stack *stack;
    uint32_t found;

    for (;;) {
        found = find(first, seen, hash, frames, count, epoch);
        if (found != 0)
            return found;
        if (id == 0 && epoch != tmi_stack_module_look()) {
            epoch = tmi_stack_module_epoch();
            continue; /* search again: what stands there may be of modules that are gone */
        }
        if (id == 0)
            id = take_units((uint32_t)((size + UNIT - 1) / UNIT));
        if (id == 0)
            return 0;
        stack = (struct tmi_stack *)tmi_stack_by_id(id);
        stack->hash = hash;
        stack->epoch = epoch;
        stack->count = (uint32_t)count;
        memcpy(stack->frames, frames, count * sizeof *frames);
        stack->next = first;
        seen = first;
        if (__atomic_compare_exchange_n(head, &first, id, false, __ATOMIC_ACQ_REL,
                                        __ATOMIC_ACQUIRE)) {
            (void)tmi_add(&stacks.count, 1);
            return id;
        }
    }
}

uint32_t tmi_stack_intern(const uintptr_t *frames, size_t count)
{
    uint32_t hash = hash_of(frames, count);
    uint32_t id;

    if (count == 0 || count > TMI_STACK_MOST || stacks.heads == NULL)
        return 0;
    id = find_or_insert(hash, frames, count);
    if (id == 0)
        (void)tmi_add(&stacks.lost, 1);
    return id;
}

struct tmi_stack_stats tmi_stack_stats(void)
{
    return (struct tmi_stack_stats){
        .stacks = tmi_load(&stacks.count),
        .lost = tmi_load(&stacks.lost),
        .bytes = (size_t)tmi_load(&stacks.next) * UNIT,
    };
}
