/*
 * block/header.h: the sixteen bytes before every block. Nobody outside block/ and the verbs'
 * hot paths (alloc/hot.c) knows them.
 *
 *     plain    | shape | owner | block ...                      span = header
 *     aligned  | pad ... | prefix | shape | owner | block ...   span = header - prefix
 *
 *     shape    size:40 (low) | backend:8 | log2 alignment:6 | layout:4 | family:6 (high)
 *     owner    check:30 (low) | state:2 | account:32 (high)
 *
 * check is a keyed hash of the block's address, its shape and its account, so that a stray word, a
 * copy of a header elsewhere, or a header of another process verifies once in 2^30. The state is
 * not hashed: a freed block still verifies, and is known as freed until its bytes are reused. The
 * layout describes this block's prefix, and the backend is the number of the one that the span goes
 * back to: free consults neither today's options nor the domain.
 */
#ifndef TMI_BLOCK_HEADER_H
#define TMI_BLOCK_HEADER_H

#include "account/family.h"
#include "base/atomic.h"

enum tmi_state { TMI_STATE_NONE = 0, TMI_STATE_LIVE = 1, TMI_STATE_FREED = 2 };

/* CHECKED: see zones.h and checked.h, which has a record of it. GUARDED: in a slot of guard.c. */
enum tmi_layout {
    TMI_LAYOUT_PLAIN = 0,
    TMI_LAYOUT_ALIGNED = 1,
    TMI_LAYOUT_CHECKED = 2,
    TMI_LAYOUT_GUARDED = 3
};

struct tmi_header {
    uint64_t shape;
    uint64_t owner;
};

_Static_assert(sizeof(struct tmi_header) == TMI_HEADER_BYTES, "two words");

#define TMI_SIZE_BITS  40
#define TMI_SIZE_MAX   (SIZE_MAX >> (SIZE_MAX > 0xffffffffu ? 24 : 1)) /* more is refused */
#define TMI_CHECK_BITS 30

/* A word that strangers do not know; set once, before the first block. */
extern TMI_HIDDEN uint64_t tmi_header_secret;

/* Everything of a shape but the size and the backend. */
TMI_INLINE uint64_t tmi_shape_base(unsigned log2_alignment, enum tmi_layout layout,
                                   trackmem_family family)
{
    return (uint64_t)log2_alignment << 48 | (uint64_t)layout << 54 | (uint64_t)family << 58;
}

/* The shape of what trackmem_malloc makes from the process's backend, without the size. */
#define TMI_SHAPE_PLAIN \
    tmi_shape_base(TRACKMEM_ALIGNMENT == 16 ? 4 : 3, TMI_LAYOUT_PLAIN, TRACKMEM_FAMILY_PLAIN)

TMI_INLINE size_t tmi_shape_size(uint64_t shape)
{
    return (size_t)(shape & (((uint64_t)1 << TMI_SIZE_BITS) - 1));
}

TMI_INLINE uint32_t tmi_shape_backend(uint64_t shape)
{
    return (uint32_t)(shape >> TMI_SIZE_BITS & 255);
}

TMI_INLINE size_t tmi_shape_alignment(uint64_t shape)
{
    return (size_t)1 << (shape >> 48 & 63);
}

TMI_INLINE enum tmi_layout tmi_shape_layout(uint64_t shape)
{
    return (enum tmi_layout)(shape >> 54 & 15);
}

TMI_INLINE uint64_t tmi_shape_with_layout(uint64_t shape, enum tmi_layout layout)
{
    return (shape & ~((uint64_t)15 << 54)) | (uint64_t)layout << 54;
}

TMI_INLINE trackmem_family tmi_shape_family(uint64_t shape)
{
    return (trackmem_family)(shape >> 58);
}

/*
 * What an aligned block is placed at. A large one starts a page: its pages may be gone when it is
 * freed twice, and then the exact table is asked before its header is read.
 */
TMI_INLINE size_t tmi_shape_placement(uint64_t shape)
{
    size_t alignment = tmi_shape_alignment(shape);

#if TMI_GRANULE_BYTES != 0
    if (tmi_shape_size(shape) >= TMI_EXACT_BYTES && alignment < TMI_GRANULE_BYTES)
        return TMI_GRANULE_BYTES;
#endif
    return alignment;
}

/*
 * What a block costs beyond its size: header and pad. Guard pages are not charged, so that a
 * budget refuses the same requests with and without them.
 */
TMI_INLINE size_t tmi_shape_overhead(uint64_t shape)
{
    enum tmi_layout layout = tmi_shape_layout(shape);

    if (TMI_LIKELY(layout == TMI_LAYOUT_PLAIN))
        return TMI_HEADER_BYTES;
    if (layout != TMI_LAYOUT_ALIGNED) /* zones are ours: a budget holds in check mode, too */
        return TMI_HEADER_BYTES +
               (tmi_shape_alignment(shape) > TRACKMEM_ALIGNMENT ? tmi_shape_alignment(shape) : 0);
    return TMI_HEADER_BYTES + tmi_shape_placement(shape);
}

TMI_INLINE uint32_t tmi_owner_account(uint64_t owner)
{
    return (uint32_t)(owner >> 32);
}

TMI_INLINE enum tmi_state tmi_owner_state(uint64_t owner)
{
    return (enum tmi_state)(owner >> TMI_CHECK_BITS & 3);
}

/* State and check of a live block. */
TMI_INLINE uint32_t tmi_owner_seal(const void *block, uint64_t shape, uint32_t account)
{
    uint64_t hash = (((uint64_t)(uintptr_t)block ^ tmi_header_secret) + shape) ^ account;

    hash *= 0x9e3779b97f4a7c15u;
    return (uint32_t)(hash >> (64 - TMI_CHECK_BITS)) | (uint32_t)TMI_STATE_LIVE << TMI_CHECK_BITS;
}

TMI_INLINE struct tmi_header *tmi_header_of(const void *block)
{
    return (struct tmi_header *)((uintptr_t)block - TMI_HEADER_BYTES); /* NULL comes here too */
}

TMI_INLINE void tmi_header_write(void *block, uint64_t shape, uint32_t account)
{
    struct tmi_header *header = tmi_header_of(block);

    tmi_store(&header->shape, shape);
    tmi_store(&header->owner, (uint64_t)account << 32 | tmi_owner_seal(block, shape, account));
}

/* The same owner word, freed. */
TMI_INLINE uint64_t tmi_owner_freed(uint64_t owner)
{
    return owner ^ (uint64_t)(TMI_STATE_LIVE ^ TMI_STATE_FREED) << TMI_CHECK_BITS;
}

/* Says that the block is no longer anybody's; the words verify until they are reused. */
TMI_INLINE void tmi_header_mark_freed(void *block, uint64_t owner)
{
    tmi_store(&tmi_header_of(block)->owner, tmi_owner_freed(owner));
}

/* Whether the words are those of a block at this address, and it is live. */
TMI_INLINE bool tmi_header_is_live(const void *block, uint64_t shape, uint64_t owner)
{
    return (uint32_t)owner == tmi_owner_seal(block, shape, tmi_owner_account(owner));
}

/* Whether they are those of a block at this address that is live or freed. */
TMI_INLINE bool tmi_header_verifies(const void *block, uint64_t shape, uint64_t owner)
{
    uint32_t live = tmi_owner_seal(block, shape, tmi_owner_account(owner));

    return ((uint32_t)owner ^ live) << (32 - TMI_CHECK_BITS) == 0 &&
           tmi_owner_state(owner) != TMI_STATE_NONE && tmi_shape_family(shape) != 0;
}

#endif
