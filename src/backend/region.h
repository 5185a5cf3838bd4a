/*
 * backend/region.h: how a region's buffer is laid out, for the verbs (region.c) and the figures
 * (region_stats.c).
 *
 *     buffer   | heads of the free lists | bits of their rows | piece | piece | ... | end mark |
 *
 *     piece    | before | tag | span ...                         | next piece
 *              | before | tag | after | previous | ...           | next piece: before
 *
 * A piece reaches from its `before` to the next one's, which is a word of its span; `before` means
 * something only while the piece before is free, and then says where that starts. A tag is the
 * distance to the next piece, and two flags, sealed by a secret and the address. The end mark is a
 * used piece of size 0. A free piece holds the links of its list.
 *
 * Free lists: row 0 has one for each size of up to LISTS - 1 granules; each further row has LISTS
 * for the sizes from one power of two to the next. A word of bits for the rows and one for each
 * row find the first list that surely fits. Free neighbours are always joined.
 */
#ifndef TMI_BACKEND_REGION_H
#define TMI_BACKEND_REGION_H

#include "backend/backend.h"
#include "platform/platform.h"

/* Tests count how many tags a call looks at. */
#ifndef TMI_REGION_COUNT_LOOK
#define TMI_REGION_COUNT_LOOK() ((void)0)
#endif

#if TMI_SMALL
#define TMI_REGION_LISTS_LOG2 3u
#else
#define TMI_REGION_LISTS_LOG2 4u
#endif
#define TMI_REGION_LISTS (1u << TMI_REGION_LISTS_LOG2)
#define TMI_REGION_ROWS  32u

struct tmi_piece {
    struct tmi_piece *before;
    size_t tag;
    struct tmi_piece *after; /* the span; while free, the links */
    struct tmi_piece *previous;
};

#define TMI_PIECE_HEAD ((size_t)offsetof(struct tmi_piece, after))

enum { TMI_PIECE_FREE = 1, TMI_PIECE_BEFORE_FREE = 2 }; /* flags of a tag */

/* Enters a region in the list of all of them, or takes it out; takes the lock "regions". */
void tmi_region_enlist(struct trackmem_region *region, bool enter);

/* The region after this one, the first after NULL; NULL: that was the last. Takes "regions". */
struct trackmem_region *tmi_region_after(const struct trackmem_region *region);

TMI_INLINE struct tmi_lock *tmi_region_lock(struct trackmem_region *region)
{
    return (struct tmi_lock *)(void *)&region->lock;
}

TMI_INLINE size_t tmi_piece_tag(const struct trackmem_region *region, const struct tmi_piece *piece)
{
    TMI_REGION_COUNT_LOOK();
    return piece->tag ^ region->secret ^ (uintptr_t)piece;
}

TMI_INLINE size_t tmi_piece_size(size_t tag)
{
    return tag & ~(size_t)(TMI_PIECE_FREE | TMI_PIECE_BEFORE_FREE);
}

TMI_INLINE struct tmi_piece *tmi_piece_at(const void *piece, size_t offset)
{
    return (struct tmi_piece *)((uintptr_t)piece + offset);
}

/* Whether a piece may start there: what is read from the buffer is asked this first. */
TMI_INLINE bool tmi_piece_is_place(const struct trackmem_region *region,
                                   const struct tmi_piece *piece)
{
    uintptr_t offset = (uintptr_t)piece - (uintptr_t)region->first;

    return offset < (uintptr_t)(region->last - region->first) && offset % TRACKMEM_ALIGNMENT == 0;
}

/*
 * A walk over the spans: region_walk.h. The lock of the region in which it stands guards all but
 * region, which is the walker's own.
 */
struct tmi_region_walk {
    struct tmi_region_walk *next;   /* of those in the region */
    struct trackmem_region *region; /* NULL: it is over */
    char *at;                       /* where it goes on */
};

/* The bytes from piece on became one piece: walks that stand in them go on behind it. */
TMI_INLINE void tmi_region_pass_walks(struct trackmem_region *region, struct tmi_piece *piece,
                                      size_t size)
{
    for (struct tmi_region_walk *walk = region->walks; TMI_UNLIKELY(walk != NULL);
         walk = walk->next)
        if ((uintptr_t)walk->at - (uintptr_t)piece < size)
            walk->at = (char *)piece + size;
}

/* Where a free list stands. */
struct tmi_region_list {
    uint32_t row;
    uint32_t column;
};

/* The list of the pieces of that size. */
TMI_INLINE struct tmi_region_list tmi_region_list_of(size_t size)
{
    size_t granules = size / TRACKMEM_ALIGNMENT;
    uint32_t log2 = TMI_LOG2(granules | 1);
    uint32_t shift = log2 - TMI_REGION_LISTS_LOG2;

    if (log2 < TMI_REGION_LISTS_LOG2)
        return (struct tmi_region_list){ 0, (uint32_t)granules };
    return (struct tmi_region_list){ shift + 1,
                                     (uint32_t)(granules >> shift) & (TMI_REGION_LISTS - 1) };
}

/* Which lists of a row are not empty. */
TMI_INLINE uint32_t tmi_region_row(const struct trackmem_region *region, uint32_t row)
{
    return region->list_bits[row] & ((1u << TMI_REGION_LISTS) - 1);
}

#endif
