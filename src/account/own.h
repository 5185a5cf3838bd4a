/*
 * account/own.h: the memory that trackmem keeps for itself: names, tables, counters.
 *
 * Taken from the system in chunks, never from a heap, and never given back: what stands here must
 * outlive every block. Counted, so that reports can show it.
 */
#ifndef TMI_ACCOUNT_OWN_H
#define TMI_ACCOUNT_OWN_H

#include <stddef.h>
#include <stdint.h>

/*
 * Returns size zeroed bytes, aligned to a cache line from 64 bytes on and to a word below; NULL
 * when the system has none. Takes the lock "own" (ranks: ARCHITECTURE.md).
 */
void *tmi_own_alloc(size_t size);

/* A copy of length bytes of a text; NULL when there is no memory. */
const char *tmi_own_text(const char *text, size_t length);

/* Pages that come and go, counted with the rest. */
void *tmi_own_map(size_t size);
void tmi_own_unmap(void *pages, size_t size);

/* Counts pages of ours that were taken otherwise, and that stay. */
void tmi_own_add(size_t size);

/* Bytes taken from the system in all. */
uint64_t tmi_own_bytes(void);

/*
 * Where all of it stands now, for who looks for the program's own pointers: these bytes hold none.
 * Fills in at most capacity ranges, in no order, and returns how many there are. Takes no lock.
 */
struct tmi_own_range {
    uintptr_t start; /* atomic; 0: none */
    uintptr_t bytes; /* atomic */
};
size_t tmi_own_ranges(struct tmi_own_range *ranges, size_t capacity);

void tmi_own_lock_for_fork(void);
void tmi_own_unlock_after_fork(void);

#endif
