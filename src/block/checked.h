/*
 * block/checked.h: the engine of check mode: blocks with zones, fill, quarantine and an exact
 * index. It does not know which verb, wrapper or callback asks.
 *
 * The mode is chosen at the start of the library, before the first block, and then holds for every
 * block of ours: what stands at an address is known without reading what stands there. A thread's
 * record is then kept where the hot paths (alloc/hot.c) do not look, so that they leave every call
 * to the general ones.
 */
#ifndef TMI_BLOCK_CHECKED_H
#define TMI_BLOCK_CHECKED_H

#include "block/quarantine.h"
#include "block/zones.h"

/* Whether the mode is on. Set once, before the first block. */
#if TMI_SMALL
static const bool tmi_checking __attribute__((__unused__)) = false;
#else
extern TMI_HIDDEN bool tmi_checking;
#endif

struct tmi_checked_options {
    size_t zone_bytes; /* at least so much after each block, and before it (16 at least); or 0 */
    enum tmi_fill fill;
    unsigned char fresh; /* what new memory is filled with */
    unsigned char freed;
    bool slabs; /* whether small blocks of the process's backend stand in slots of our own */
};
extern TMI_HIDDEN struct tmi_checked_options tmi_checked_options;

/* Switches the mode on. */
void tmi_checked_start(const struct tmi_checked_options *options);

/* Makes a live block of the layout CHECKED; nest may be NULL. NULL: no memory. */
void *tmi_checked_create(struct tmi_checked_nest *nest, uint64_t shape, uint32_t account,
                         bool zero);

/*
 * A block has a number: of a slot (slabs.h), if it is small, else of a record (record.h).
 * tmi_checked_find gives that of the live or freed block that starts there, and its life; 0: none.
 */
uint32_t tmi_checked_find(const void *block, uint32_t *life);

/* Claims a block by its life, as in record.h. False: another thread was first. */
bool tmi_checked_claim(uint32_t number, uint32_t life);

/* What is known of a block; whole only if the caller has claimed it. */
struct tmi_record tmi_checked_record(uint32_t number);

/* A copy that belongs together, in state LIVE or FREED. False: it has none of the two. */
bool tmi_checked_read(uint32_t number, struct tmi_record *copy);

/*
 * Copies what is known of the live or freed block in whose bytes, or those of its header and zones,
 * an address lies. False: none. Reads no memory of blocks; any thread, any moment.
 */
bool tmi_checked_find_around(const void *address, struct tmi_record *copy);

/* The same for the last block that stood there and left the quarantine, where that is known. */
bool tmi_checked_find_gone(const void *block, struct tmi_record *copy);

/* How many blocks there can be now. */
size_t tmi_checked_most(void);

/*
 * Calls fn with a copy for each block, live or freed (copy->life says which), but for those that
 * are made or end meanwhile.
 */
void tmi_checked_visit(void (*fn)(const struct tmi_record *copy, void *user), void *user);

/*
 * What is wrong with a block that the caller has claimed or pinned; freed: whether it stands in the
 * quarantine, or leaves it. Where more than one thing is, what is rather a live neighbour's in a
 * slot is left to a look at that one. False: nothing.
 */
bool tmi_checked_examine(const struct tmi_record *record, bool freed, struct tmi_damage *damage);

/*
 * Puts right what was found there. Who frees a neighbour in a slot may read what is between them
 * meanwhile: one that sees half of it looks again, with the block claimed.
 */
void tmi_checked_mend(const struct tmi_record *record, bool freed, const struct tmi_damage *damage);

/*
 * The same, so that it is told once. Where the block beside it is to blame, and was not told of
 * before, record and damage are that one's afterwards, with all that is wrong there. False: there
 * is nothing to tell, since another thread tells it, or has, or a later look finds it.
 */
bool tmi_checked_settle(struct tmi_record *record, bool freed, struct tmi_damage *damage);

/* The second half of a free, for a block that the caller has claimed: into the quarantine. */
void tmi_checked_put_away(struct tmi_checked_nest *nest, uint32_t number,
                          struct trackmem_site *freed_at);

/*
 * The quarantine's: how many bytes the span of a block with a record has; and the end of blocks,
 * which are looked at once more, whereupon their slots and spans go. At most a batch; nest may be
 * NULL.
 */
size_t tmi_checked_bytes(uint32_t number);
void tmi_checked_leave(struct tmi_checked_nest *nest, const uint32_t *numbers, uint32_t count);

/* Claims a live block and puts it away. False: another thread was first. */
bool tmi_checked_end(struct tmi_checked_nest *nest, const void *block,
                     struct trackmem_site *freed_at);

/* Changes the account of a live block. False: it was freed meanwhile, or has not the first. */
bool tmi_checked_set_account(const void *block, uint32_t from, uint32_t to);

/* Looks at the block that starts there; returns whether it was damaged, which is reported. */
bool tmi_checked_look(const void *block, const struct tmi_call *call);

/* The same for every block, live and in the quarantine; returns how many were damaged. */
size_t tmi_checked_sweep(const struct tmi_call *call);

/* Makes and ends what a thread has of the mode. */
void tmi_checked_init(struct tmi_checked_nest *nest, struct tmi_graves *graves);
void tmi_checked_thread_ends(struct tmi_checked_nest *nest);

/* In a fork's child: the nest of a thread that is gone; and all that blocks were undergoing. */
void tmi_checked_abandon(struct tmi_checked_nest *nest);
void tmi_checked_after_fork(void);

#endif
