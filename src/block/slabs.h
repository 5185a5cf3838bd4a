/*
 * block/slabs.h: where the small blocks of check mode stand, so that which block an address belongs
 * to is a matter of arithmetic: nothing is looked up, and nothing of the block is read.
 *
 *     reservation   | slab | slab | ... |             64 KiB each, all slots of one size
 *     slab          | zone | slot | slot | ... |
 *     slot          | block | slack | zone |          a multiple of 16 bytes
 *
 *     slots         | slot 0 of slab 0 | slot 1 of slab 0 | ... | slot 0 of slab 1 | ... |
 *                   what is known of each, apart from the blocks
 *
 * The zone between two blocks belongs to both: it is never written but once (and put right), so
 * that the write that misses one block is seen by whichever is looked at first.
 *
 * A slot has a number for ever; a block's state is the `life` of record.h. A slot that was given
 * back keeps what is known of its last block until it is taken again, so that a second free is
 * named.
 *
 * Threads take free slots from stores, two for each processor: which, goes round. A slab is one
 * store's, and slots that leave the quarantine go back there, so that two threads hardly write to
 * one cache line; the free ones are bits, on the slab's shelf (lock "slabs"). Of each class a
 * thread takes up to 64 that lie together, a word of those bits, in its hand, and hands them out by
 * address, so that what is made together lies together. Before a slab is made anew one is taken
 * over that another store can spare, of some it looks at: half free, and not the first. Memory
 * is taken from the system as it is needed, a page at a time in a store's first slab of a class,
 * later a slab at a time, and stays.
 */
#ifndef TMI_BLOCK_SLABS_H
#define TMI_BLOCK_SLABS_H

#include "account/own.h"
#include "block/record.h"

#define TMI_SLAB_BITS    16u
#define TMI_SLAB_BYTES   (1u << TMI_SLAB_BITS)
#define TMI_SLAB_SLOTS   2048u /* at most, of 32 bytes each */
#define TMI_SLABS        (SIZE_MAX > 0xffffffffu ? 262144u : 2048u)
#define TMI_SLAB_NUMBER  0x80000000u /* this bit tells a slot from a record */
#define TMI_SLAB_CLASSES 97u         /* sizes of slots, up to 16 KiB; from 2 */
#define TMI_SLAB_EVEN    64u         /* classes up to this are 16 bytes apart, */
#define TMI_SLAB_SMALL   1008u       /* and blocks above this have none of them */

struct tmi_slot {
    uint32_t life; /* as in struct tmi_record */
    uint32_t account;
    uint32_t kind; /* size:16 (low) | family:6 */
    uint32_t freed_site;
};

/* Touched only once stacks are taken. */
struct tmi_slot_stacks {
    uint32_t allocated;
    uint32_t freed;
};

struct tmi_slab {
    char *blocks; /* where the first one starts */
    struct tmi_slot *slots;
    uint32_t count;   /* of slots; 0: it is not in use yet. Stored last, with release */
    uint32_t pitch;   /* from slot to slot */
    uint32_t inverse; /* 2^32 / pitch, rounded up */
    uint32_t class;
};

/*
 * What a debugger reads to find all small blocks: the slots of slabs 0 to `count` - 1. The layouts
 * change with `version` only.
 */
struct tmi_slabs {
    char magic[8]; /* "TRKMSLB" */
    uint32_t version;
    uint32_t count;  /* atomic: stored with release */
    uintptr_t base;  /* of the reservation */
    size_t bytes;    /* 0: there is none. Stored last, before the first block */
    size_t zone;     /* bytes of each zone, a multiple of 16 */
    bool has_stacks; /* atomic: some were noted */
    struct tmi_slab *slabs;
    struct tmi_slot *slots;
    struct tmi_slot_stacks *stacks; /* one for each of `slots` */
    uint16_t *own[2];               /* stacks of the slots' own: slot_stacks.h; NULL: none yet */
    uint32_t own_room;              /* addresses of each */
    size_t own_slots;               /* atomic: so many have room for theirs. Stored with release */
};
extern TMI_HIDDEN struct tmi_slabs tmi_slabs;

/* Where a slot stands. */
struct tmi_place {
    uint32_t number;
    uint32_t pitch; /* bytes of the slot */
    char *block;
    struct tmi_slot *slot;
};

/* What a thread keeps: of each class some of 64 slots that lie together, the first in `place`. */
struct tmi_slab_hand {
    uint64_t ready; /* a bit for each that is to be taken */
    struct tmi_place place;
};

struct tmi_slab_nest {
    struct tmi_slab_hand hands[TMI_SMALL ? 1u : TMI_SLAB_CLASSES];
    struct tmi_slab_store *store; /* of slab_shelves.c */
};

/* Reserves address space: at most half of what is left. False: there is none. */
bool tmi_slabs_start(size_t zone_bytes);

/* Readies a zeroed nest. */
void tmi_slab_begin(struct tmi_slab_nest *nest);

/* Fills the empty hand of that class. False: no memory. */
bool tmi_slab_fill(struct tmi_slab_nest *nest, uint32_t class);

/* Puts slots in state NONE on their shelves. */
void tmi_slab_shelve(const uint32_t *numbers, uint32_t count);

/* The thread ends: what it has in hand goes to the others. */
void tmi_slab_flush(struct tmi_slab_nest *nest);

/* In a fork's child, for a thread that is gone: what it was about to take or give is let be. */
void tmi_slab_abandon(struct tmi_slab_nest *nest);

/* The next slot in use from this number on, 0 being the first; 0: none is left. */
uint32_t tmi_slab_next(uint32_t number);

/* How many slots there are. */
size_t tmi_slabs_most(void);

/* Makes room for own stacks of all slots there are, of so many addresses. False: no memory. */
bool tmi_slabs_open_own(uint32_t room);

/* What is no memory of the program's but for the blocks in it; returns how many ranges. */
#define TMI_SLAB_RANGES 7u
size_t tmi_slabs_ranges(struct tmi_own_range ranges[TMI_SLAB_RANGES]);

void tmi_slabs_lock_for_fork(void);
void tmi_slabs_unlock_after_fork(void);

TMI_INLINE bool tmi_slabs_own(const void *address)
{
    return (uintptr_t)address - tmi_slabs.base < tmi_slabs.bytes;
}

TMI_INLINE bool tmi_is_slot(uint32_t number)
{
    return (number & TMI_SLAB_NUMBER) != 0;
}

/* The class of a block of that size; 0: it is too large for a slot. */
TMI_INLINE uint32_t tmi_slab_class(size_t size)
{
    size_t units = (size + tmi_slabs.zone + 15) / 16;
    unsigned log;

    if (TMI_LIKELY(units <= TMI_SLAB_EVEN))
        return (uint32_t)(units + (units < 2));
    if (units > 1024)
        return 0;
    log = TMI_LOG2(units - 1) - 3; /* 8 classes between a power of two and the next */
    return TMI_SLAB_EVEN + 8 * (log - 3) + (uint32_t)(((units - 1) >> log) & 7) + 1;
}

TMI_INLINE const struct tmi_slab *tmi_slab_of(uint32_t number)
{
    return &tmi_slabs.slabs[(number & ~TMI_SLAB_NUMBER) / TMI_SLAB_SLOTS];
}

TMI_INLINE struct tmi_place tmi_place_in(const struct tmi_slab *slab, uint32_t number)
{
    uint32_t index = number % TMI_SLAB_SLOTS;

    return (struct tmi_place){ number, slab->pitch, slab->blocks + (size_t)index * slab->pitch,
                               slab->slots + index };
}

TMI_INLINE struct tmi_place tmi_place_of(uint32_t number)
{
    return tmi_place_in(tmi_slab_of(number), number);
}

TMI_INLINE struct tmi_slot *tmi_slot_of(uint32_t number)
{
    return tmi_place_of(number).slot;
}

TMI_INLINE char *tmi_slot_block(uint32_t number)
{
    return tmi_place_of(number).block;
}

TMI_INLINE struct tmi_slot_stacks *tmi_slot_stacks_of(const struct tmi_slot *slot)
{
    return &tmi_slabs.stacks[slot - tmi_slabs.slots];
}

/* A slot in state NONE from a hand that is not empty. */
TMI_INLINE struct tmi_place tmi_slab_pick(struct tmi_slab_hand *hand)
{
    uint32_t bit = TMI_LOWEST_BIT_64(hand->ready);
    struct tmi_place place = hand->place;

    hand->ready &= hand->ready - 1;
    place.number += bit;
    place.block += (size_t)bit * place.pitch;
    place.slot += bit;
    return place;
}

/*
 * Ends the life of a slot's block that the caller has claimed, or which only it may let out of the
 * quarantine. The slot is to be given back, or shelved.
 */
TMI_INLINE void tmi_slot_end(struct tmi_slot *slot)
{
    uint32_t life = tmi_load(&slot->life) & ~(TMI_LIFE_AGE - 1);

    tmi_store_release(&slot->life, life + TMI_LIFE_AGE);
}

/* Takes a slot in state NONE back; nest may be NULL. */
TMI_INLINE void tmi_slab_give(struct tmi_slab_nest *nest, uint32_t number)
{
    if (nest != NULL) {
        struct tmi_slab_hand *hand = &nest->hands[tmi_slab_of(number)->class];
        uint32_t bit = number - hand->place.number;

        if (bit < 64) {
            hand->ready |= (uint64_t)1 << bit;
            return;
        }
    }
    tmi_slab_shelve(&number, 1);
}

/*
 * The slot that an address of the reservation lies in, its zone included: false: in none. *within:
 * how far from its start, as a fraction of 2^32 of the pitch, rounded up.
 */
TMI_INLINE bool tmi_slab_search(const void *address, const struct tmi_slab **found,
                                uint32_t *number, uint32_t *within)
{
    uint32_t index = (uint32_t)(((uintptr_t)address - tmi_slabs.base) >> TMI_SLAB_BITS);
    const struct tmi_slab *slab = &tmi_slabs.slabs[index];
    uint32_t count = tmi_load_acquire(&slab->count);
    uint64_t product = (uint64_t)(uint32_t)((uintptr_t)address - (uintptr_t)slab->blocks) *
                       slab->inverse; /* before the first block the offset wraps, past all slots */
    uint32_t slot = (uint32_t)(product >> 32);

    *found = slab;
    *number = TMI_SLAB_NUMBER | (index * TMI_SLAB_SLOTS + slot);
    *within = (uint32_t)product;
    return slot < count;
}

/* The slot that an address of the reservation lies in, its zone included; 0: in none. */
TMI_INLINE uint32_t tmi_slot_around(const void *address)
{
    const struct tmi_slab *slab;
    uint32_t number;
    uint32_t within;

    return tmi_slab_search(address, &slab, &number, &within) ? number : 0;
}

/*
 * The slot whose block starts there. False: none. An offset is a multiple of the pitch just when
 * what is left of its product with the inverse is less than that: the error of the inverse, less
 * than 1, adds less than 2^16, and one byte more adds a whole inverse, which is 2^18 at least.
 */
TMI_INLINE bool tmi_place_at(const void *block, struct tmi_place *place)
{
    const struct tmi_slab *slab;
    uint32_t number;
    uint32_t within;

    if (TMI_UNLIKELY(!tmi_slabs_own(block)) || !tmi_slab_search(block, &slab, &number, &within) ||
        within >= slab->inverse)
        return false;
    place->number = number;
    place->pitch = slab->pitch;
    place->block = (char *)(uintptr_t)block;
    place->slot = slab->slots + number % TMI_SLAB_SLOTS;
    return true;
}

/* The same as a number; 0: none. */
TMI_INLINE uint32_t tmi_slot_at(const void *block)
{
    struct tmi_place place;

    return tmi_place_at(block, &place) ? place.number : 0;
}

TMI_INLINE size_t tmi_slot_size(const struct tmi_slot *slot)
{
    return tmi_load(&slot->kind) & 0xffff;
}

TMI_INLINE uint32_t tmi_slot_kind(size_t size, trackmem_family family)
{
    return (uint32_t)size | (uint32_t)family << 16;
}

#endif
