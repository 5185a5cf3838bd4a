/*
 * backend/region_walk.c: see region_walk.h. Takes "regions", then the lock of one region at a time.
 */
#include "backend/region_walk.h"

/* The walk stands at the start of a region, or is over. */
static void enter(struct tmi_region_walk *walk, struct trackmem_region *region)
{
    walk->region = region;
    if (region == NULL)
        return;
    tmi_platform_lock(tmi_region_lock(region));
    walk->at = region->first;
    walk->next = region->walks;
    region->walks = walk;
    tmi_platform_unlock(tmi_region_lock(region));
}

static void leave(struct tmi_region_walk *walk, struct trackmem_region *region)
{
    struct tmi_region_walk **link = &region->walks;

    tmi_platform_lock(tmi_region_lock(region));
    while (*link != walk)
        link = &(*link)->next;
    *link = walk->next;
    tmi_platform_unlock(tmi_region_lock(region));
}

void tmi_region_walk_begin(struct tmi_region_walk *walk)
{
    enter(walk, tmi_region_after(NULL));
}

/* One piece further; *passed: there was one. True: it is out, and look was called. */
static bool step(struct tmi_region_walk *walk, tmi_region_look_fn *look, void *user, bool *passed)
{
    struct trackmem_region *region = walk->region;
    struct tmi_piece *piece;
    bool is_out = false;

    tmi_platform_lock(tmi_region_lock(region));
    piece = tmi_piece_at(walk->at, 0);
    *passed = tmi_piece_is_place(region, piece);
    if (*passed) {
        size_t tag = tmi_piece_tag(region, piece);
        size_t size = tmi_piece_size(tag);

        *passed = size != 0 && size <= (size_t)(region->last - (char *)piece) &&
                  size % TRACKMEM_ALIGNMENT == 0;
        is_out = *passed && (tag & TMI_PIECE_FREE) == 0;
        if (is_out)
            look(&piece->after, size - sizeof(size_t), user);
        walk->at = *passed ? (char *)piece + size : region->last;
    }
    tmi_platform_unlock(tmi_region_lock(region));
    return is_out;
}

bool tmi_region_walk_next(struct tmi_region_walk *walk, tmi_region_look_fn *look, void *user)
{
    while (walk->region != NULL) {
        struct trackmem_region *region = walk->region;
        bool passed;

        if (step(walk, look, user, &passed))
            return true;
        if (passed)
            continue;
        leave(walk, region);
        enter(walk, tmi_region_after(region));
    }
    return false;
}

struct trackmem_region *tmi_region_of(const void *address)
{
    struct trackmem_region *region = tmi_region_after(NULL);

    while (region != NULL && (uintptr_t)address - (uintptr_t)region->first >=
                                 (uintptr_t)region->last - (uintptr_t)region->first)
        region = tmi_region_after(region);
    return region;
}
