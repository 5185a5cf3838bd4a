/*
 * arena.h: an arena in ralloc's manner: contexts form a tree, and one that ends frees all below it.
 *
 * Each context cuts its sub-blocks out of chunks that trackmem accounts as blocks of the family
 * "arena". A sub-block that reaches trackmem_free is named with its context and its own call site.
 * One thread at a time uses a tree.
 */
#ifndef ARENA_H
#define ARENA_H

#include <trackmem/trackmem.h>

struct arena;

/*
 * A new context below a parent, or a root for NULL. name: a literal, for reports. NULL: no memory.
 */
struct arena *arena_create(struct arena *parent, const char *name);

/* Ends a context, all below it, and all their sub-blocks. NULL is allowed. */
void arena_free(struct arena *arena);

/* size bytes, uninitialised, aligned for any type, until the context ends; NULL: no memory. */
void *arena_alloc_at(struct trackmem_site *site, struct arena *arena, size_t size);
#define arena_alloc(arena, size) arena_alloc_at(TRACKMEM_SITE, arena, size)

#endif
