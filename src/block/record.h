/*
 * block/record.h: what check mode knows of each block, apart from the block itself, so that no
 * write of the program can reach it. A record has a number, by which the index (index.h), the
 * quarantine and a debugger name it; it is reused for another block once its own has left the
 * quarantine. No lock guards it: `life` says who may do what.
 *
 *     NONE    on a free list, or being made by one thread
 *     LIVE    the program's block
 *     ENDING  one thread has claimed it, to free it or to put it out of the quarantine
 *     FREED   in the quarantine
 *
 * Whoever wants to end a block claims it by one compare-and-swap of `life`, in which the age stands
 * too: of two threads that free one block, one is told no, and a number that was reused meanwhile
 * is not mistaken for the block that it stood for. Who only looks at a block's memory (a sweep)
 * pins it; a claim waits for that.
 */
#ifndef TMI_BLOCK_RECORD_H
#define TMI_BLOCK_RECORD_H

#include "block/header.h"

enum tmi_life { TMI_LIFE_NONE, TMI_LIFE_LIVE, TMI_LIFE_ENDING, TMI_LIFE_FREED };

/* life: age:28 (high) | pinned:1 | state:3 (low) */
#define TMI_LIFE_STATES 7u
#define TMI_LIFE_PINNED 8u
#define TMI_LIFE_AGE    16u

struct tmi_record {
    tmi_counter shape; /* as in header.h */
    uintptr_t block;
    uint32_t life; /* atomic: claimed with acquire, changed with release */
    uint32_t account;
    uint32_t allocated_stack; /* of src/stack; 0: none */
    uint32_t freed_stack;
    uint32_t freed_site; /* the number of one; 0: not known */
    uint32_t number;     /* of this allocation in its thread, from 1; wraps */
    uint32_t pad_units;  /* how far the front zone lies into the span, in TRACKMEM_ALIGNMENT */
    uint16_t allocated_thread;
    uint16_t freed_thread;
};

#define TMI_RECORD_CHUNK  1024u
#define TMI_RECORD_CHUNKS 131072u

/*
 * What a debugger reads to find all blocks: numbers 1 to `count`, of which those with the state
 * LIVE or FREED stand for a block. The layout of struct tmi_record changes with `version` only.
 */
struct tmi_records {
    char magic[8]; /* "TRKMREC" */
    uint32_t version;
    uint32_t record_bytes;
    uint32_t chunk_records;
    uint32_t count; /* atomic: stored with release */
    struct tmi_record *chunks[TMI_RECORD_CHUNKS];
};
extern TMI_HIDDEN struct tmi_records tmi_records;

/* Numbers that one thread keeps, so that most blocks need no lock. */
#define TMI_RECORD_CACHE (TMI_SMALL ? 1u : 64u)
struct tmi_record_cache {
    uint32_t count;
    uint32_t numbers[TMI_RECORD_CACHE];
};

/* A record in state NONE for a new block; 0: no memory. cache may be NULL. Takes "records". */
uint32_t tmi_record_take(struct tmi_record_cache *cache);

/* Takes back one that the caller has claimed, or that never lived. */
void tmi_record_give(struct tmi_record_cache *cache, uint32_t number);

/* Gives all that a thread keeps to the others. */
void tmi_record_flush(struct tmi_record_cache *cache);

/*
 * A copy that belongs together, with the state LIVE or FREED. False: it has none of the two, or is
 * changing for long.
 */
bool tmi_record_read(const struct tmi_record *record, struct tmi_record *copy);

/*
 * Claims a block whose `life` was read as LIVE or FREED; false: somebody else was first. Afterwards
 * the state is ENDING.
 */
bool tmi_record_claim(struct tmi_record *record, uint32_t life);

/* Keeps a live or freed block from being ended; false: it is neither, or is just ending. */
bool tmi_record_pin(struct tmi_record *record);
void tmi_record_unpin(struct tmi_record *record);

void tmi_records_lock_for_fork(void);
void tmi_records_unlock_after_fork(bool in_child);

TMI_INLINE struct tmi_record *tmi_record_by_number(uint32_t number)
{
    struct tmi_record *chunk = tmi_load_acquire(&tmi_records.chunks[number / TMI_RECORD_CHUNK]);

    return &chunk[number % TMI_RECORD_CHUNK];
}

TMI_INLINE enum tmi_life tmi_life_state(uint32_t life)
{
    return (enum tmi_life)(life & TMI_LIFE_STATES);
}

/* Changes the state of a record that the caller has made or claimed; returns its life. */
TMI_INLINE uint32_t tmi_record_set_state(struct tmi_record *record, enum tmi_life state)
{
    uint32_t life = (tmi_load(&record->life) & ~TMI_LIFE_STATES) | (uint32_t)state;

    tmi_store_release(&record->life, life);
    return life;
}

#endif
