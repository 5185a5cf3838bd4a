/*
 * backend/region.c: spans from a buffer of fixed size, in bounded time: two-level segregated fit
 * (Masmano, Ripoll, Crespo, Real, 2004) with sealed tags. The layout is in region.h.
 *
 * Each region has a lock of rank "region"; no loop under it goes further than PROBES, or than walks
 * are under way. Allocates nothing.
 */
#include "backend/region.h"

#include <string.h>

#define LISTS_LOG2  TMI_REGION_LISTS_LOG2
#define LISTS       TMI_REGION_LISTS
#define HEAD        TMI_PIECE_HEAD
#define FREE        ((size_t)TMI_PIECE_FREE)
#define BEFORE_FREE ((size_t)TMI_PIECE_BEFORE_FREE)
#define PROBES      4u /* how many pieces of a list in which not all fit are looked at */
#define GRANULE     ((size_t)TRACKMEM_ALIGNMENT)
#define MIN_PIECE   ((sizeof(struct tmi_piece) + GRANULE - 1) & ~(GRANULE - 1))

static void write_tag(const struct trackmem_region *region, struct tmi_piece *piece, size_t tag)
{
    piece->tag = tag ^ region->secret ^ (uintptr_t)piece;
}

/* Whether a piece can have that tag. The end mark, too. */
static bool is_plausible(const struct trackmem_region *region, const struct tmi_piece *piece,
                         size_t tag)
{
    size_t size = tmi_piece_size(tag);
    size_t left = (size_t)(region->last - (const char *)piece);

    return size % GRANULE == 0 && size <= left && (size >= MIN_PIECE || left == 0);
}

/* Whether a piece that is FREE, or is not (0), is what its own tag and the next one's say. */
static bool agrees(const struct trackmem_region *region, const struct tmi_piece *piece,
                   size_t wanted, size_t tag)
{
    const struct tmi_piece *next = tmi_piece_at(piece, tmi_piece_size(tag));
    size_t next_tag;

    if ((tag & FREE) != wanted || !is_plausible(region, piece, tag))
        return false;
    next_tag = tmi_piece_tag(region, next);
    if (!is_plausible(region, next, next_tag))
        return false;
    if (wanted == 0)
        return (next_tag & BEFORE_FREE) == 0;
    return (next_tag & (BEFORE_FREE | FREE)) == BEFORE_FREE && next->before == piece &&
           (tag & BEFORE_FREE) == 0; /* free neighbours are joined */
}

/* Reads a piece's tag. False, and counted: it is not to be believed. */
static bool believe(struct trackmem_region *region, const struct tmi_piece *piece, size_t wanted,
                    size_t *tag)
{
    if (tmi_piece_is_place(region, piece)) {
        *tag = tmi_piece_tag(region, piece);
        if (agrees(region, piece, wanted, *tag))
            return true;
    }
    ++region->damages;
    return false;
}

/* The first list of which every piece has that size. */
static struct tmi_region_list fitting_list_of(size_t size)
{
    uint32_t log2 = TMI_LOG2(size / GRANULE | 1);

    if (log2 >= LISTS_LOG2)
        size += (((size_t)1 << (log2 - LISTS_LOG2)) - 1) * GRANULE;
    return tmi_region_list_of(size);
}

static struct tmi_piece *head_of(const struct trackmem_region *region, struct tmi_region_list list)
{
    return region->heads[list.row * LISTS + list.column];
}

static void set_head(struct trackmem_region *region, struct tmi_region_list list,
                     struct tmi_piece *piece)
{
    uint32_t *bits = &region->list_bits[list.row];

    region->heads[list.row * LISTS + list.column] = piece;
    *bits = (*bits & ~(1u << list.column)) | (uint32_t)(piece != NULL) << list.column;
    region->row_bits = (region->row_bits & ~(1u << list.row)) | (uint32_t)(*bits != 0) << list.row;
}

/* The first list from this one on that is not empty. */
static bool find_list(struct trackmem_region *region, struct tmi_region_list *list)
{
    uint32_t bits;

    if (list->row >= region->rows)
        return false;
    bits = tmi_region_row(region, list->row) & ~0u << list->column;
    if (bits == 0) {
        uint32_t rows = region->row_bits & ~1u << list->row; /* the rows after this one */

        if (rows == 0)
            return false;
        list->row = TMI_LOWEST_BIT(rows);
        bits = tmi_region_row(region, list->row);
        if (bits == 0) { /* somebody wrote over the table */
            ++region->damages;
            region->row_bits &= ~(1u << list->row);
            return false;
        }
    }
    list->column = TMI_LOWEST_BIT(bits);
    return true;
}

/* Makes a piece free, its size and flags being tag's, and puts it on its list. */
static void put(struct trackmem_region *region, struct tmi_piece *piece, size_t tag)
{
    struct tmi_region_list list = tmi_region_list_of(tmi_piece_size(tag));
    struct tmi_piece *after = head_of(region, list);
    struct tmi_piece *next = tmi_piece_at(piece, tmi_piece_size(tag));

    write_tag(region, piece, tag | FREE);
    write_tag(region, next, tmi_piece_tag(region, next) | BEFORE_FREE);
    next->before = piece;
    if (after != NULL && tmi_piece_is_place(region, after))
        after->previous = piece;
    piece->after = after;
    piece->previous = NULL;
    set_head(region, list, piece);
    tmi_region_pass_walks(region, piece, tmi_piece_size(tag));
    ++region->free_blocks;
}

/*
 * Takes a free piece off its list. False, and counted: its links are damaged. The list is dropped
 * then, what was on it is lost, and the piece stays where it is.
 */
static bool take(struct trackmem_region *region, struct tmi_piece *piece, size_t tag)
{
    struct tmi_region_list list = tmi_region_list_of(tmi_piece_size(tag));
    struct tmi_piece *after = piece->after;
    struct tmi_piece *previous = piece->previous;

    if ((after != NULL && (!tmi_piece_is_place(region, after) || after->previous != piece)) ||
        (previous == NULL ? head_of(region, list) != piece
                          : !tmi_piece_is_place(region, previous) || previous->after != piece)) {
        ++region->damages;
        set_head(region, list, NULL);
        return false;
    }
    if (after != NULL)
        after->previous = previous;
    if (previous != NULL)
        previous->after = after;
    else
        set_head(region, list, after);
    --region->free_blocks;
    return true;
}

/* Makes a piece used. */
static void seize(struct trackmem_region *region, struct tmi_piece *piece, size_t tag)
{
    struct tmi_piece *next = tmi_piece_at(piece, tmi_piece_size(tag));

    write_tag(region, piece, tag & ~FREE);
    write_tag(region, next, tmi_piece_tag(region, next) & ~BEFORE_FREE);
}

/* Frees what a used piece has beyond size, if that makes a piece; returns what it has then. */
static size_t trim(struct trackmem_region *region, struct tmi_piece *piece, size_t tag, size_t size)
{
    struct tmi_piece *rest = tmi_piece_at(piece, size);
    size_t rest_size = tmi_piece_size(tag) - size;
    struct tmi_piece *next = tmi_piece_at(rest, rest_size);
    size_t next_tag;

    if (rest_size < MIN_PIECE)
        return tmi_piece_size(tag);
    next_tag = tmi_piece_tag(region, next);
    if ((next_tag & FREE) != 0 && believe(region, next, FREE, &next_tag) &&
        take(region, next, next_tag))
        rest_size += tmi_piece_size(next_tag);
    write_tag(region, piece, size | (tag & BEFORE_FREE));
    put(region, rest, rest_size);
    return size;
}

/* What a piece must have for a span of that size; 0 if the region can't hold it. */
static size_t piece_size_for(const struct trackmem_region *region, size_t size)
{
    if (size > (size_t)(region->last - region->first))
        return 0;
    size = (size + sizeof(size_t) + GRANULE - 1) & ~(GRANULE - 1);
    return size < MIN_PIECE ? MIN_PIECE : size;
}

/* A free piece of that size or more, off its list. */
static struct tmi_piece *find(struct trackmem_region *region, size_t size, size_t *tag)
{
    struct tmi_region_list list = fitting_list_of(size);
    struct tmi_piece *piece = NULL;

    if (find_list(region, &list)) {
        piece = head_of(region, list);
    } else {
        list = tmi_region_list_of(size);
        if (list.row < region->rows)
            piece = head_of(region, list);
        for (uint32_t probe = 0; piece != NULL && tmi_piece_is_place(region, piece) &&
                                 tmi_piece_size(tmi_piece_tag(region, piece)) < size;
             ++probe)
            piece = probe + 1 < PROBES ? piece->after : NULL;
    }
    if (piece == NULL)
        return NULL;
    if (!believe(region, piece, FREE, tag) || tmi_piece_size(*tag) < size) {
        set_head(region, list, NULL);
        return NULL;
    }
    return take(region, piece, *tag) ? piece : NULL;
}

/* Frees what lies before an aligned span; the piece that begins with the span. */
static struct tmi_piece *cut_front(struct trackmem_region *region, struct tmi_piece *piece,
                                   size_t *tag, size_t alignment)
{
    uintptr_t span = (uintptr_t)piece + HEAD;
    size_t front = (size_t)(-span & (alignment - 1));
    struct tmi_piece *rest;

    if (front == 0)
        return piece;
    if (front < MIN_PIECE)
        front += alignment; /* which is not less than that */
    rest = tmi_piece_at(piece, front);
    *tag = (tmi_piece_size(*tag) - front) | BEFORE_FREE;
    write_tag(region, rest, *tag);
    put(region, piece, front);
    return rest;
}

static void count_used(struct trackmem_region *region, size_t more, size_t less)
{
    region->used_bytes += more - less;
    if (region->used_bytes > region->high_water_bytes)
        region->high_water_bytes = region->used_bytes;
}

static void *region_allocate(void *context, size_t size, size_t alignment)
{
    struct trackmem_region *region = context;
    size_t wanted = piece_size_for(region, size);
    size_t room = alignment > GRANULE ? alignment + MIN_PIECE : 0;
    struct tmi_piece *piece = NULL;
    size_t tag;

    if (wanted == 0 || room > (size_t)(region->last - region->first))
        return NULL;
    tmi_platform_lock(tmi_region_lock(region));
    piece = find(region, wanted + room, &tag);
    if (piece != NULL) {
        seize(region, piece, tag);
        if (room != 0)
            piece = cut_front(region, piece, &tag, alignment);
        ++region->used_blocks;
        count_used(region, trim(region, piece, tag, wanted), 0);
    }
    tmi_platform_unlock(tmi_region_lock(region));
    return piece != NULL ? &piece->after : NULL;
}

/* A used piece, whose span was asked for with that size; false, and counted, if it is none. */
static bool believe_span(struct trackmem_region *region, const struct tmi_piece *piece, size_t size,
                         size_t *tag)
{
    size_t wanted = piece_size_for(region, size);

    if (!believe(region, piece, 0, tag))
        return false;
    if (wanted != 0 && tmi_piece_size(*tag) - wanted < MIN_PIECE)
        return true;
    ++region->damages;
    return false;
}

static void region_free(void *context, void *span, size_t size, size_t alignment)
{
    struct trackmem_region *region = context;
    struct tmi_piece *piece = (struct tmi_piece *)(void *)((char *)span - HEAD);
    size_t other_tag;
    size_t tag;

    (void)alignment;
    tmi_platform_lock(tmi_region_lock(region));
    if (believe_span(region, piece, size, &tag)) {
        struct tmi_piece *next = tmi_piece_at(piece, tmi_piece_size(tag));
        /* Once: on damage take() may change it. A neighbour in use has its own bytes there. */
        struct tmi_piece *before = (tag & BEFORE_FREE) != 0 ? piece->before : NULL;
        size_t merged = tmi_piece_size(tag);

        count_used(region, 0, merged);
        --region->used_blocks;
        if ((tmi_piece_tag(region, next) & FREE) != 0 && believe(region, next, FREE, &other_tag) &&
            take(region, next, other_tag))
            merged += tmi_piece_size(other_tag);
        if ((tag & BEFORE_FREE) != 0 && believe(region, before, FREE, &other_tag) &&
            tmi_piece_at(before, tmi_piece_size(other_tag)) == piece &&
            take(region, before, other_tag)) {
            piece = before;
            merged += tmi_piece_size(other_tag);
            tag = other_tag;
        }
        put(region, piece, merged | (tag & BEFORE_FREE));
    }
    tmi_platform_unlock(tmi_region_lock(region));
}

/* Where the span stands, or NULL. */
static void *region_reallocate(void *context, void *span, size_t old_size, size_t new_size,
                               size_t alignment)
{
    struct trackmem_region *region = context;
    struct tmi_piece *piece = (struct tmi_piece *)(void *)((char *)span - HEAD);
    size_t wanted = piece_size_for(region, new_size);
    bool fits = false;
    size_t next_tag;
    size_t tag;

    (void)alignment;
    tmi_platform_lock(tmi_region_lock(region));
    if (wanted != 0 && believe_span(region, piece, old_size, &tag)) {
        size_t before = tmi_piece_size(tag);
        struct tmi_piece *next = tmi_piece_at(piece, before);

        if (wanted > before && (tmi_piece_tag(region, next) & FREE) != 0 &&
            believe(region, next, FREE, &next_tag) && before + tmi_piece_size(next_tag) >= wanted &&
            take(region, next, next_tag)) {
            tag += tmi_piece_size(next_tag);
            seize(region, piece, tag);
            tmi_region_pass_walks(region, next, tmi_piece_size(next_tag));
        }
        fits = tmi_piece_size(tag) >= wanted;
        if (fits)
            count_used(region, trim(region, piece, tag, wanted), before);
    }
    tmi_platform_unlock(tmi_region_lock(region));
    return fits ? span : NULL;
}

/* Cuts the tables off the front of the buffer; false if nothing is left for pieces. */
static bool lay_out(struct trackmem_region *region, char *buffer, size_t bytes)
{
    uintptr_t start = ((uintptr_t)buffer + GRANULE - 1) & ~(uintptr_t)(GRANULE - 1);
    uintptr_t end = (uintptr_t)buffer + bytes;
    uintptr_t span;
    size_t tables;

    if (start >= end)
        return false;
    region->rows = tmi_region_list_of(end - start).row + 1;
    tables = region->rows * (LISTS * sizeof *region->heads + sizeof *region->list_bits);
    span = (start + tables + HEAD + GRANULE - 1) & ~(uintptr_t)(GRANULE - 1);
    if (region->rows > TMI_REGION_ROWS || span + MIN_PIECE > end)
        return false;
    memset((void *)start, 0, tables);
    region->heads = (void **)start;
    region->list_bits = (uint32_t *)(void *)(region->heads + region->rows * LISTS);
    region->first = (char *)(span - HEAD); /* spans stand on whole granules */
    region->last = region->first + ((end - span) & ~(uintptr_t)(GRANULE - 1));
    return true;
}

enum trackmem_status trackmem_region_init(struct trackmem_region *region, void *buffer,
                                          size_t bytes)
{
    memset(region, 0, sizeof *region);
    if (buffer == NULL || bytes > SIZE_MAX / 2 || !lay_out(region, buffer, bytes))
        return TRACKMEM_INVALID;
    region->secret = tmi_platform_random();
    region->backend = (struct trackmem_backend){
        .name = "region",
        .context = region,
        .allocate = region_allocate,
        .reallocate = region_reallocate,
        .free = region_free,
    };
    write_tag(region, tmi_piece_at(region->last, 0), 0);
    put(region, tmi_piece_at(region->first, 0), (size_t)(region->last - region->first));
    tmi_region_enlist(region, true);
    return TRACKMEM_OK;
}
