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
 *     LOST    in a fork's child: a thread had claimed it that is gone. Who reads takes it as freed
 *
 * Whoever wants to end a block claims it by one compare-and-swap of `life`, in which the age stands
 * too: of two threads that free one block, one is told no, and a number that was reused meanwhile
 * is not mistaken for the block that it stood for. Who only looks at a block's memory (a sweep), or
 * charges it to another account, pins it; a claim waits for that.
 */
#ifndef TMI_BLOCK_RECORD_H
#define TMI_BLOCK_RECORD_H

#include "block/header.h"

enum tmi_life { TMI_LIFE_NONE, TMI_LIFE_LIVE, TMI_LIFE_ENDING, TMI_LIFE_FREED, TMI_LIFE_LOST };

/* life: age:27 (high) | reported:1 | pinned:1 | state:3 (low); reported: of slots, see checked.c */
#define TMI_LIFE_STATES   7u
#define TMI_LIFE_PINNED   8u
#define TMI_LIFE_REPORTED 16u
#define TMI_LIFE_AGE      32u

struct tmi_record {
    tmi_word64 shape; /* as in header.h */
    uintptr_t block;
    uint32_t life; /* atomic: claimed with acquire, changed with release */
    uint32_t account;
    uint32_t allocated_stack; /* of src/stack, or a slot's own (slot_stacks.h); 0: none */
    uint32_t freed_stack;
    uint32_t freed_site; /* the number of one; 0: not known */
    uint32_t pad_units;  /* how far the front zone lies into the span, in TRACKMEM_ALIGNMENT */
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
 * Claims a block whose life was read as LIVE or FREED; false: it is another's by now. Waits while
 * another has claimed it. Afterwards the state is ENDING.
 */
bool tmi_life_claim_slowly(uint32_t *word, uint32_t life);
TMI_INLINE bool tmi_life_claim(uint32_t *word, uint32_t life);

/*
 * Keeps a live block from being ended, or, if the record is one whose end is claimed, a freed one;
 * false: it is no such block, or is just ending.
 */
bool tmi_life_pin(uint32_t *word, bool freed_too);
void tmi_life_unpin(uint32_t *word);

/* The same for a live block known by its life; and without waiting, for who has pinned another. */
bool tmi_life_pin_known(uint32_t *word, uint32_t life);
bool tmi_life_pin_at_once(uint32_t *word, uint32_t life);

void tmi_records_lock_for_fork(void);
void tmi_records_unlock_after_fork(void);

TMI_INLINE struct tmi_record *tmi_record_by_number(uint32_t number)
{
    struct tmi_record *chunk = tmi_load_acquire(&tmi_records.chunks[number / TMI_RECORD_CHUNK]);

    return &chunk[number % TMI_RECORD_CHUNK];
}

TMI_INLINE enum tmi_life tmi_life_state(uint32_t life)
{
    return (enum tmi_life)(life & TMI_LIFE_STATES);
}

TMI_INLINE uint32_t tmi_life_as_read(uint32_t life)
{
    return tmi_life_state(life) == TMI_LIFE_LOST
               ? (life & ~TMI_LIFE_STATES) | (uint32_t)TMI_LIFE_FREED
               : life;
}

/* The first try of it: false may come of a pin, too. */
TMI_INLINE bool tmi_life_claim_at_once(uint32_t *word, uint32_t life)
{
    uint32_t now = life & ~TMI_LIFE_PINNED;
    uint32_t claimed = (now & ~TMI_LIFE_STATES) | TMI_LIFE_ENDING;

    return TMI_LIKELY(__atomic_compare_exchange_n(word, &now, claimed, false, __ATOMIC_ACQ_REL,
                                                  __ATOMIC_ACQUIRE));
}

TMI_INLINE bool tmi_life_claim(uint32_t *word, uint32_t life)
{
    return tmi_life_claim_at_once(word, life) || tmi_life_claim_slowly(word, life);
}

/* Changes the state of a block that the caller has made or claimed; returns its life. */
TMI_INLINE uint32_t tmi_life_set_state(uint32_t *word, enum tmi_life state)
{
    uint32_t life = (tmi_load(word) & ~TMI_LIFE_STATES) | (uint32_t)state;

    tmi_store_release(word, life);
    return life;
}

/*
 * In a fork's child, for each: the threads that had pinned or claimed it are gone. Written only
 * where it changes: a page that is written to becomes the child's own.
 */
TMI_INLINE void tmi_life_after_fork(uint32_t *word)
{
    uint32_t life = *word & ~TMI_LIFE_PINNED;

    if (TMI_UNLIKELY(tmi_life_state(life) == TMI_LIFE_ENDING))
        life = (life & ~TMI_LIFE_STATES) | (uint32_t)TMI_LIFE_LOST;
    if (TMI_UNLIKELY(life != *word))
        *word = life;
}

TMI_INLINE bool tmi_record_claim(struct tmi_record *record, uint32_t life)
{
    return tmi_life_claim(&record->life, life);
}

TMI_INLINE bool tmi_record_pin(struct tmi_record *record)
{
    return tmi_life_pin(&record->life, true);
}

TMI_INLINE void tmi_record_unpin(struct tmi_record *record)
{
    tmi_life_unpin(&record->life);
}

TMI_INLINE uint32_t tmi_record_set_state(struct tmi_record *record, enum tmi_life state)
{
    return tmi_life_set_state(&record->life, state);
}

#endif
