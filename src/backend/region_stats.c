/*
 * backend/region_stats.c: the figures of a region, its check and its end. Takes the lock of the
 * region, rank "region"; "regions" before it guards the list of all regions, for fork.
 */
#include "backend/region.h"

static struct {
    struct tmi_lock lock; /* guards the rest, and next of each region */
    struct trackmem_region *first;
} regions;

void tmi_region_enlist(struct trackmem_region *region, bool enter)
{
    struct trackmem_region **link = &regions.first;

    tmi_platform_lock(&regions.lock);
    while (*link != NULL && *link != region)
        link = &(*link)->next;
    if (!enter && *link != NULL) {
        *link = region->next;
    } else if (enter && *link == NULL) {
        region->next = NULL;
        *link = region;
    }
    tmi_platform_unlock(&regions.lock);
}

struct trackmem_region *tmi_region_after(const struct trackmem_region *region)
{
    struct trackmem_region *after;

    tmi_platform_lock(&regions.lock);
    after = region != NULL ? region->next : regions.first;
    tmi_platform_unlock(&regions.lock);
    return after;
}

enum trackmem_status trackmem_region_finish(struct trackmem_region *region)
{
    size_t used_blocks;

    if (region == NULL)
        return TRACKMEM_OK;
    tmi_platform_lock(tmi_region_lock(region));
    used_blocks = region->used_blocks;
    tmi_platform_unlock(tmi_region_lock(region));
    if (used_blocks != 0)
        return TRACKMEM_BUSY;
    tmi_region_enlist(region, false);
    return TRACKMEM_OK;
}

const struct trackmem_backend *trackmem_region_backend(struct trackmem_region *region)
{
    return &region->backend;
}

/* The largest piece: the last list that is not empty has it. */
static size_t find_largest(const struct trackmem_region *region)
{
    uint32_t row = region->row_bits != 0 ? TMI_LOG2(region->row_bits) : 0;
    uint32_t bits = tmi_region_row(region, row);
    const struct tmi_piece *piece;
    size_t largest = 0;

    if (bits == 0)
        return 0;
    piece = region->heads[row * TMI_REGION_LISTS + TMI_LOG2(bits)];
    for (size_t left = region->free_blocks; left > 0 && piece != NULL; --left) {
        size_t size;

        if (!tmi_piece_is_place(region, piece))
            break;
        size = tmi_piece_size(tmi_piece_tag(region, piece));
        largest = size > largest ? size : largest;
        piece = piece->after;
    }
    return largest;
}

static uint32_t permille(size_t part, size_t whole)
{
    while (whole > SIZE_MAX / 1000) {
        part >>= 1;
        whole >>= 1;
    }
    return whole != 0 ? (uint32_t)(part * 1000 / whole) : 0;
}

void trackmem_region_stats(struct trackmem_region *region, struct trackmem_region_figures *stats)
{
    size_t size = (size_t)(region->last - region->first);

    tmi_platform_lock(tmi_region_lock(region));
    *stats = (struct trackmem_region_figures){
        .size_bytes = size,
        .used_bytes = region->used_bytes,
        .used_blocks = region->used_blocks,
        .high_water_bytes = region->high_water_bytes,
        .free_bytes = size - region->used_bytes,
        .free_blocks = region->free_blocks,
        .largest_free_bytes = find_largest(region),
        .damages = region->damages,
    };
    tmi_platform_unlock(tmi_region_lock(region));
    stats->fragmentation_permille = permille(stats->free_bytes - stats->largest_free_bytes,
                                             stats->free_bytes);
}

bool tmi_region_figures(const struct trackmem_backend *backend,
                        struct trackmem_region_figures *figures)
{
    struct trackmem_region *region;

    tmi_platform_lock(&regions.lock); /* so that it is not finished meanwhile */
    region = regions.first;
    while (region != NULL && (region->backend.context != backend->context ||
                              region->backend.allocate != backend->allocate))
        region = region->next;
    if (region != NULL)
        trackmem_region_stats(region, figures);
    tmi_platform_unlock(&regions.lock);
    return region != NULL;
}

struct sums {
    size_t used_bytes;
    size_t used_blocks;
    size_t free_blocks;
};

/* The pieces in their order; false if they do not lead from the first one to the end mark. */
static bool walk_pieces(const struct trackmem_region *region, struct sums *sums)
{
    const struct tmi_piece *piece = tmi_piece_at(region->first, 0);
    const struct tmi_piece *before = NULL; /* the one before, if free */
    size_t tag = tmi_piece_tag(region, piece);

    while (tmi_piece_is_place(region, piece)) {
        size_t size = tmi_piece_size(tag);
        bool is_free = (tag & TMI_PIECE_FREE) != 0;

        if (size == 0 || size > (size_t)(region->last - (const char *)piece) ||
            size % TRACKMEM_ALIGNMENT != 0 ||
            ((tag & TMI_PIECE_BEFORE_FREE) != 0) != (before != NULL) ||
            (before != NULL && (piece->before != before || is_free)))
            return false;
        sums->used_bytes += is_free ? 0 : size;
        sums->used_blocks += !is_free;
        sums->free_blocks += is_free;
        before = is_free ? piece : NULL;
        piece = tmi_piece_at(piece, size);
        tag = tmi_piece_tag(region, piece);
    }
    return (const char *)piece == region->last && tmi_piece_size(tag) == 0 &&
           (before == NULL || piece->before == before);
}

/* How many pieces stand on a list; more than there are if a link or a tag is wrong. */
static size_t count_list(const struct trackmem_region *region, uint32_t list)
{
    const struct tmi_piece *piece = region->heads[list];
    const struct tmi_piece *previous = NULL;
    size_t count = 0;

    for (; piece != NULL && count <= region->free_blocks; ++count) {
        if (!tmi_piece_is_place(region, piece) || piece->previous != previous ||
            (tmi_piece_tag(region, piece) & TMI_PIECE_FREE) == 0)
            return SIZE_MAX / 2;
        previous = piece;
        piece = piece->after;
    }
    return count;
}

static bool lists_agree(const struct trackmem_region *region)
{
    size_t count = 0;

    for (uint32_t list = 0; list < region->rows * TMI_REGION_LISTS; ++list) {
        uint32_t row = list / TMI_REGION_LISTS;
        bool marked = (region->list_bits[row] >> list % TMI_REGION_LISTS & 1) != 0;

        if (marked != (region->heads[list] != NULL) ||
            ((region->row_bits >> row & 1) != 0) != (region->list_bits[row] != 0))
            return false;
        count += count_list(region, list);
        if (count > region->free_blocks)
            return false;
    }
    return count == region->free_blocks;
}

bool trackmem_region_is_intact(struct trackmem_region *region)
{
    struct sums sums = { 0, 0, 0 };
    bool intact;

    tmi_platform_lock(tmi_region_lock(region));
    intact = walk_pieces(region, &sums) && sums.used_bytes == region->used_bytes &&
             sums.used_blocks == region->used_blocks && sums.free_blocks == region->free_blocks &&
             lists_agree(region);
    tmi_platform_unlock(tmi_region_lock(region));
    return intact;
}

void tmi_region_lock_for_fork(void)
{
    tmi_platform_lock(&regions.lock);
    for (struct trackmem_region *region = regions.first; region != NULL; region = region->next)
        tmi_platform_lock(tmi_region_lock(region));
}

void tmi_region_unlock_after_fork(void)
{
    for (struct trackmem_region *region = regions.first; region != NULL; region = region->next)
        tmi_platform_unlock(tmi_region_lock(region));
    tmi_platform_unlock(&regions.lock);
}
