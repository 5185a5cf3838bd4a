/*
 * block/guard.h: blocks that stand against an inaccessible page, so that an access beyond them, or
 * after their free, faults.
 *
 *     | guard | closed .... | ......... zone | block | zone | guard |     after
 *     | guard | block | zone ......... | closed .... | guard |     before
 *     | zone | block | zone ......... | closed .... |                     alone
 *
 * All stand in one reservation, cut into slots of a power of two of pages, of which the first is
 * never open, but alone; so each address tells its slot, and the slot has a record, apart from the
 * block. Only the pages that a live block covers are open. What of them is not the block's is its
 * zone, and is looked at when it is freed. A freed slot stays closed and is taken again last: until
 * then its record says whose it was. A block of no bytes has no page open.
 * Alone, no guard need stand beside a block: the pages are its own so that they can be closed when
 * it is freed (the option quarantine=protect).
 *
 * The lock "guard" guards who takes which slot. Lookups take none: a fault's handler makes them.
 */
#ifndef TMI_BLOCK_GUARD_H
#define TMI_BLOCK_GUARD_H

#include "block/record.h"
#include "report/report.h"

enum tmi_guard_mode {
    TMI_GUARD_OFF,
    TMI_GUARD_AFTER,
    TMI_GUARD_BEFORE,
    TMI_GUARD_SAMPLE,
    TMI_GUARD_ALONE
};

struct tmi_guard_options {
    enum tmi_guard_mode mode;
    size_t alignment; /* of blocks that ask for none, from 1 to TRACKMEM_ALIGNMENT */
    size_t zone;      /* alone: at least so many bytes before and behind each block */
    bool protect;     /* what is freed waits until tmi_guard_set_bound; alone always */
};

/* Of a slot: the record of the last block in it, of layout GUARDED, which has no number. */
struct tmi_guarded {
    struct tmi_record record;
    struct tmi_guarded *next; /* guarded by "guard": the queue of freed slots */
};

extern TMI_HIDDEN struct tmi_guard_range {
    uintptr_t start; /* set once, before the first block */
    uintptr_t bytes; /* 0: nothing is guarded */
} tmi_guard_range;

/* Whether an address lies in the reservation, be there a block or not. */
TMI_INLINE bool tmi_guard_owns(const void *address)
{
    return (uintptr_t)address - tmi_guard_range.start < tmi_guard_range.bytes;
}

/*
 * Called once, at the start. Sampled, all of it takes at most 2 MiB. False: there is no address
 * space for it.
 */
bool tmi_guard_start(const struct tmi_guard_options *options);

/* How many bytes of freed blocks wait before the oldest is taken again. May change at any time. */
void tmi_guard_set_bound(size_t bytes);

/*
 * A live block, all zero, of the shape but for its layout, which becomes GUARDED. NULL: it is too
 * large, or no slot is free, or no page can be opened; then it has to be made another way.
 */
void *tmi_guard_create(uint64_t shape, uint32_t account);

/* The record of the slot that an address of the reservation lies in; NULL: there is no slot. */
struct tmi_record *tmi_guard_record(const void *address);

/* What is wrong with the zone of a block that the caller has claimed or pinned. False: nothing. */
bool tmi_guard_examine(const struct tmi_record *record, struct tmi_damage *damage);
void tmi_guard_mend(const struct tmi_record *record);

/* The second half of a free, for a block that the caller has claimed. */
void tmi_guard_put_away(struct tmi_record *record, struct trackmem_site *freed_at);

/* Claims a live block and puts it away. False: another thread was first. */
bool tmi_guard_end(const void *block, struct trackmem_site *freed_at);

/* Changes the account of a live block. False: it was freed meanwhile, or has not the first. */
bool tmi_guard_set_account(const void *block, uint32_t from, uint32_t to);

/* Copies the record of the live or freed block that starts there. False: there is none. */
bool tmi_guard_find(const void *block, struct tmi_record *copy);

/* How an address that faulted lies to a block, or some bytes of a page, of which one did. */
enum tmi_guard_relation {
    TMI_GUARD_STRANGER, /* no block is near */
    TMI_GUARD_BEYOND,   /* past the end of a live block */
    TMI_GUARD_BELOW,    /* before the start of a live block */
    TMI_GUARD_AFTER_FREE
};
struct tmi_guard_finding {
    enum tmi_guard_relation relation;
    struct tmi_record block;
};
void tmi_guard_explain(const void *address, size_t bytes, struct tmi_guard_finding *finding);

/*
 * The verbs look at what stands before a pointer. Where that page is closed this opens it, so that
 * the look finds no header and the pointer is judged; and closes it afterwards.
 */
bool tmi_guard_open_for_look(const void *address);
void tmi_guard_close_after_look(const void *ptr);

/* Calls fn for the record of each slot, used or not. */
void tmi_guard_visit(void (*fn)(struct tmi_record *record, void *user), void *user);

/* How many blocks could not be guarded for want of mappings or address space. */
uint64_t tmi_guard_unguarded(void);

void tmi_guard_lock_for_fork(void);
void tmi_guard_unlock_after_fork(bool in_child);

#endif
