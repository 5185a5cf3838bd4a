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
 * named. Each thread keeps slots to be taken in stacks; what overflows goes to a store for all
 * (lock "slabs"). Memory is taken from the system as it is needed, and stays.
 */
#ifndef TMI_BLOCK_SLABS_H
#define TMI_BLOCK_SLABS_H

#include "account/own.h"
#include "block/record.h"

#define TMI_SLAB_BITS    16u
#define TMI_SLAB_BYTES   (1u << TMI_SLAB_BITS)
#define TMI_SLAB_SLOTS   2048u /* at most, of 32 bytes each */
#define TMI_SLABS        (SIZE_MAX > 0xffffffffu ? 262144u : 2048u)
#define TMI_SLAB_NUMBER  0x80000000u            /* this bit tells a slot from a record */
#define TMI_SLAB_CLASSES 97u                    /* sizes of slots, up to 16 KiB; from 2 */
#define TMI_SLAB_EVEN    64u                    /* classes up to this are 16 bytes apart */
#define TMI_SLAB_STACK   (TMI_SMALL ? 1u : 64u) /* slots that a thread keeps of each */

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
    uint16_t class;
    uint16_t depth; /* how many of its slots a thread keeps */
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
};
extern TMI_HIDDEN struct tmi_slabs tmi_slabs;

/* What a thread keeps. */
struct tmi_slab_stack {
    uint32_t count;
    uint32_t fresh; /* never used: from here to fresh_end */
    uint32_t fresh_end;
    uint32_t numbers[TMI_SLAB_STACK];
};
struct tmi_slab_nest {
    struct tmi_slab_stack stacks[TMI_SMALL ? 1u : TMI_SLAB_CLASSES];
};

/* Reserves the address space. False: there is none. */
bool tmi_slabs_start(size_t zone_bytes);

/* The slow halves of the two below. */
uint32_t tmi_slab_take_from_store(struct tmi_slab_nest *nest, uint32_t class);
void tmi_slab_give_to_store(struct tmi_slab_nest *nest, uint32_t number);

/* The thread ends: all that it keeps goes to the others. */
void tmi_slab_flush(struct tmi_slab_nest *nest);

/* In a fork's child, for a thread that is gone: what it was about to take or give is let be. */
void tmi_slab_abandon(struct tmi_slab_nest *nest);

/* The next slot in use from this number on, 0 being the first; 0: none is left. */
uint32_t tmi_slab_next(uint32_t number);

/* How many slots there are. */
size_t tmi_slabs_most(void);

/* What is no memory of the program's but for the blocks in it; returns how many ranges. */
#define TMI_SLAB_RANGES 5u
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

/* A slot of that class in state NONE; 0: no memory. */
TMI_INLINE uint32_t tmi_slab_take(struct tmi_slab_nest *nest, uint32_t class)
{
    struct tmi_slab_stack *stack = &nest->stacks[class];

    return TMI_LIKELY(stack->count != 0) ? stack->numbers[--stack->count]
                                         : tmi_slab_take_from_store(nest, class);
}

TMI_INLINE const struct tmi_slab *tmi_slab_of(uint32_t number)
{
    return &tmi_slabs.slabs[(number & ~TMI_SLAB_NUMBER) / TMI_SLAB_SLOTS];
}

TMI_INLINE struct tmi_slot *tmi_slot_of(uint32_t number)
{
    return &tmi_slab_of(number)->slots[number % TMI_SLAB_SLOTS];
}

TMI_INLINE struct tmi_slot_stacks *tmi_slot_stacks_of(uint32_t number)
{
    return &tmi_slabs.stacks[tmi_slot_of(number) - tmi_slabs.slots];
}

TMI_INLINE char *tmi_slot_block(uint32_t number)
{
    const struct tmi_slab *slab = tmi_slab_of(number);

    return slab->blocks + (size_t)(number % TMI_SLAB_SLOTS) * slab->pitch;
}

/*
 * Takes back a slot whose block the caller has claimed, or which only it may let out of the
 * quarantine. nest may be NULL.
 */
TMI_INLINE void tmi_slab_give(struct tmi_slab_nest *nest, uint32_t number)
{
    const struct tmi_slab *slab = tmi_slab_of(number);
    struct tmi_slot *slot = &slab->slots[number % TMI_SLAB_SLOTS];
    struct tmi_slab_stack *stack = nest != NULL ? &nest->stacks[slab->class] : NULL;
    uint32_t life = tmi_load(&slot->life) & ~(TMI_LIFE_AGE - 1);

    tmi_store_release(&slot->life, life + TMI_LIFE_AGE);
    if (TMI_UNLIKELY(stack == NULL || stack->count >= slab->depth))
        tmi_slab_give_to_store(nest, number);
    else
        stack->numbers[stack->count++] = number;
}

/* The slot that an address of the reservation lies in, its zone included; 0: in none. */
TMI_INLINE uint32_t tmi_slot_around(const void *address)
{
    uint32_t index = (uint32_t)(((uintptr_t)address - tmi_slabs.base) >> TMI_SLAB_BITS);
    const struct tmi_slab *slab = &tmi_slabs.slabs[index];
    uint32_t count = tmi_load_acquire(&slab->count);
    uint32_t offset = (uint32_t)((uintptr_t)address - (uintptr_t)slab->blocks);
    uint32_t slot = (uint32_t)((uint64_t)offset * slab->inverse >> 32);

    return offset < TMI_SLAB_BYTES && slot < count
               ? TMI_SLAB_NUMBER | (index * TMI_SLAB_SLOTS + slot)
               : 0;
}

/* The slot whose block starts there, an address of the reservation; 0: none. */
TMI_INLINE uint32_t tmi_slot_at(const void *block)
{
    uint32_t number = tmi_slot_around(block);

    return TMI_LIKELY(number != 0 && tmi_slot_block(number) == block) ? number : 0;
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
