/*
 * arena.c: see arena.h. A chunk as trackmem sees it is one block:
 *
 *   | struct chunk | struct piece | sub-block ... | struct piece | sub-block ... | unused |
 */
#include "arena.h"

#include <stdalign.h>
#include <string.h>

#include <trackmem/family.h>

#define CHUNK_BYTES 4096u
#define GRAIN       ((size_t)TRACKMEM_ALIGNMENT)

struct arena {
    struct arena *parent;
    struct arena *children;
    struct arena *next; /* among the children of its parent */
    struct chunk *chunks;
    const char *name;
};

struct chunk {
    alignas(TRACKMEM_ALIGNMENT) struct chunk *next;
    struct arena *arena;
    size_t used; /* bytes of this chunk, this structure included */
    size_t size;
};

/* Before each sub-block. */
struct piece {
    alignas(TRACKMEM_ALIGNMENT) struct trackmem_site *site;
    size_t size;
};

/* trackmem asks what lies at an address within a chunk. */
static bool describe(const void *start, size_t size, const void *ptr,
                     struct trackmem_sub_block *sub_block, void *user)
{
    const struct chunk *chunk = start;
    size_t wanted = (size_t)((const char *)ptr - (const char *)start);
    size_t at = sizeof *chunk;

    (void)user;
    sub_block->context = chunk->arena->name;
    while (at < chunk->used && chunk->used <= size) {
        const struct piece *piece = (const void *)((const char *)start + at);
        size_t end = at + sizeof *piece + (piece->size + GRAIN - 1) / GRAIN * GRAIN;

        if (wanted >= at + sizeof *piece && wanted < end) {
            sub_block->start = piece + 1;
            sub_block->size = piece->size;
            sub_block->site = piece->site;
            break;
        }
        at = end;
    }
    return true;
}

static trackmem_family family(void)
{
    static trackmem_family registered;

    if (registered == TRACKMEM_FAMILY_NONE) {
        const struct trackmem_family_info info = { "arena", "arena_create", "arena_free" };

        registered = trackmem_family_register(&info);
        (void)trackmem_family_set_describe(registered, describe, NULL);
    }
    return registered;
}

static struct chunk *add_chunk(struct arena *arena, size_t room)
{
    size_t size = sizeof(struct chunk) + sizeof(struct piece) + room;
    struct chunk *chunk;

    size = size < CHUNK_BYTES ? CHUNK_BYTES : size;
    chunk = room < SIZE_MAX / 2 ? trackmem_family_malloc(family(), NULL, 0, size) : NULL;
    if (chunk == NULL)
        return NULL;
    chunk->next = arena->chunks;
    chunk->arena = arena;
    chunk->used = sizeof *chunk;
    chunk->size = size;
    arena->chunks = chunk;
    return chunk;
}

struct arena *arena_create(struct arena *parent, const char *name)
{
    struct arena *arena = TRACKMEM_NEW0(struct arena);

    if (arena == NULL)
        return NULL;
    arena->name = name;
    arena->parent = parent;
    if (parent != NULL) {
        arena->next = parent->children;
        parent->children = arena;
    }
    return arena;
}

static void unlink_from_parent(struct arena *arena)
{
    struct arena **link = arena->parent != NULL ? &arena->parent->children : NULL;

    while (link != NULL && *link != arena)
        link = &(*link)->next;
    if (link != NULL)
        *link = arena->next;
}

void arena_free(struct arena *arena)
{
    if (arena == NULL)
        return;
    unlink_from_parent(arena);
    /* Without recursion: down to a leaf, which ends, and back to its parent. */
    for (struct arena *at = arena, *up; at != NULL; at = up) {
        if (at->children != NULL) {
            up = at->children;
            continue;
        }
        up = at != arena ? at->parent : NULL;
        if (up != NULL)
            up->children = at->next;
        for (struct chunk *chunk = at->chunks, *next; chunk != NULL; chunk = next) {
            next = chunk->next;
            trackmem_family_free(family(), chunk);
        }
        trackmem_free(at);
    }
}

void *arena_alloc_at(struct trackmem_site *site, struct arena *arena, size_t size)
{
    struct chunk *chunk = arena->chunks;
    size_t room = size < SIZE_MAX / 2 ? (size + GRAIN - 1) / GRAIN * GRAIN : SIZE_MAX;
    struct piece *piece;

    room = room != 0 ? room : GRAIN; /* each sub-block has an address of its own */
    if (chunk == NULL || chunk->size - chunk->used < sizeof *piece ||
        chunk->size - chunk->used - sizeof *piece < room)
        chunk = add_chunk(arena, room);
    if (chunk == NULL)
        return NULL;
    piece = (void *)((char *)chunk + chunk->used);
    piece->site = site;
    piece->size = size != 0 ? size : 1;
    chunk->used += sizeof *piece + room;
    return piece + 1;
}
