/*
 * block/graves.h: which blocks went back to the backend a short time ago, so that a second free is
 * named though the backend has overwritten the header. Each thread has a small table by address;
 * only its owner writes, and anybody who reports misuse reads, racily, all of them.
 */
#ifndef TMI_BLOCK_GRAVES_H
#define TMI_BLOCK_GRAVES_H

#include "block/header.h"

struct tmi_grave {
    uintptr_t block;
    tmi_word64 shape;
    tmi_word64 owner;
    struct trackmem_site *freed_at; /* of a module that may be gone: see site.h */
};

struct tmi_graves {
    struct tmi_graves *next;
    struct tmi_grave graves[TMI_GRAVES];
};

/* Its place: of all bits, since large blocks begin at nearly the same distance from a page. */
TMI_INLINE size_t tmi_graves_place(const void *block)
{
    return (uint32_t)((uintptr_t)block >> 4) * 0x9e3779b1u >> 20 & (TMI_GRAVES - 1);
}

/* Makes a table one of those that are searched. It stays for ever. */
void tmi_graves_publish(struct tmi_graves *graves);

/* A block freed at that address, by any thread; false if none is remembered. */
bool tmi_graves_find(const void *block, struct tmi_grave *grave);

/* The same for a block whose header was whole that an address lies in. Async-signal-safe. */
bool tmi_graves_find_around(const void *address, struct tmi_grave *grave);

/* Remembers. */
TMI_INLINE void tmi_graves_bury(struct tmi_graves *graves, const void *block, uint64_t shape,
                                uint64_t owner, struct trackmem_site *freed_at)
{
    struct tmi_grave *grave = &graves->graves[tmi_graves_place(block)];

    tmi_store(&grave->block, (uintptr_t)block);
    tmi_store(&grave->shape, shape);
    tmi_store(&grave->owner, owner);
    tmi_store(&grave->freed_at, freed_at);
}

#endif
