/*
 * block/exact.h: the table of the blocks whose header must not be read before we know that they
 * are ours.
 *
 * Reading the 16 bytes before a pointer is safe if they lie in the pointer's own page: then it
 * faults only where the pointer itself would. So a block stands in this table
 *   - if it starts in the first 64 bytes of a page (Windows: 128): its header may lie in the page
 *     before, and the C library puts there what has pages of its own, which go at its free;
 *   - if it has 64 KiB or more: those are the ones whose pages go away;
 *   - if it was adopted: it has no header at all.
 * A pointer of the first kind that is not in the table is not a live block of ours, and nothing
 * before it is read.
 *
 * Sixteen stripes by address, each a table with open addressing behind a lock of rank "exact". One
 * further small one, in static memory, takes what a stripe has no memory for.
 */
#ifndef TMI_BLOCK_EXACT_H
#define TMI_BLOCK_EXACT_H

#include "block/header.h"

struct tmi_exact_entry {
    uintptr_t block; /* 0: empty */
    size_t size;
    uint32_t account; /* of an adopted block; 0: ours, with a header */
};

/* False when there is no memory for it. */
bool tmi_exact_insert(const struct tmi_exact_entry *entry);

/*
 * Whether it had no memory lately and lives on its spare entries: then nothing may be taken out
 * that must be put in again elsewhere.
 */
bool tmi_exact_is_short(void);

/* False if it does not stand there. Of two threads that remove one block, one is told true. */
bool tmi_exact_remove(const void *block);

bool tmi_exact_find(const void *block, struct tmi_exact_entry *entry);

/* The block that an address lies in, start or inside. Walks everything: for reports. */
bool tmi_exact_find_around(const void *address, struct tmi_exact_entry *entry);

/*
 * The entries one after the other, for a walk over all of them; *cursor starts at 0. An entry that
 * another thread inserts or removes meanwhile may be missed, or met twice.
 */
bool tmi_exact_next(size_t *cursor, struct tmi_exact_entry *entry);

/* The same for who holds all locks, by tmi_exact_lock_all. */
bool tmi_exact_next_locked(size_t *cursor, struct tmi_exact_entry *entry);

/* How many entries there are, about; and the bytes of the stripe in static memory. */
size_t tmi_exact_count(void);
const void *tmi_exact_static(size_t *bytes);

/* Changes the account of an adopted block; false if it does not stand there with the first. */
bool tmi_exact_set_account(const void *block, uint32_t from, uint32_t to);

/* What follows is for a fork, and for who holds all other threads still. */
void tmi_exact_lock_all(void);
void tmi_exact_unlock_all(void);

/* Whether the header before an address could lie in another page. */
TMI_INLINE bool tmi_exact_starts_page(uintptr_t address)
{
#if TMI_GRANULE_BYTES != 0
    return (address & (TMI_GRANULE_BYTES - 1)) < TMI_PAGE_START_BYTES;
#else
    return address < TMI_HEADER_BYTES; /* NULL: callers rely on it */
#endif
}

/* Whether a block must stand in the table. */
TMI_INLINE bool tmi_exact_wants(uintptr_t address, size_t size)
{
    return tmi_exact_starts_page(address) || size >= TMI_EXACT_BYTES;
}

#endif
