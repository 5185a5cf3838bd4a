/*
 * block/small_judge.c: what a pointer is that is no live block, in the small profile. Walks over
 * the regions; called on misuse only, with no lock held.
 */
#include "backend/region_walk.h"
#include "block/small.h"

struct search {
    uintptr_t wanted;
    struct tmi_small_block *found;
    bool is_out;   /* the address lies in a span that is out */
    bool is_block; /* which holds a live block of ours */
    bool is_start; /* and the address is where a plain block would start */
};

/* Called for each span, with its region's lock held. */
static void look(void *span, size_t size, void *user)
{
    struct search *search = user;

    if (search->is_out || search->wanted - (uintptr_t)span >= size)
        return;
    search->is_out = true;
    search->is_block = tmi_small_in_span(span, size, search->found) == TMI_SMALL_LIVE;
    search->is_start = search->wanted == (uintptr_t)span + TMI_SMALL_PREFIX;
}

static bool find_grave(const void *ptr, struct tmi_small_block *found, const void **freed_at)
{
    const struct tmi_small_grave *grave = &tmi_small_graves[0];

    if (TRACKMEM_GRAVES != 0)
        grave = tmi_small_grave_of(ptr);
    if (grave->block != ptr)
        return false;
    *found = (struct tmi_small_block){ (void *)(uintptr_t)ptr, grave->w0, grave->w1,
                                       TMI_SMALL_PREFIX, 0 };
    *freed_at = grave->freed_at;
    return true;
}

enum tmi_small_kind tmi_small_judge(const void *ptr, struct tmi_small_block *found,
                                    const void **freed_at)
{
    struct search search = { .wanted = (uintptr_t)ptr, .found = found };
    bool is_freed = tmi_small_read(ptr, found) == TMI_SMALL_WAS_FREED;
    struct tmi_region_walk walk;

    *freed_at = NULL;
    if (is_freed) {
        (void)find_grave(ptr, found, freed_at);
        return TMI_SMALL_IS_FREED;
    }
    tmi_region_walk_begin(&walk);
    while (tmi_region_walk_next(&walk, look, &search))
        continue;
    if (search.is_block)
        return TMI_SMALL_IS_INTERIOR;
    if (!search.is_out && find_grave(ptr, found, freed_at))
        return TMI_SMALL_IS_FREED;
    *found = (struct tmi_small_block){ .w0 = 0 };
    if (search.is_out)
        return search.is_start ? TMI_SMALL_IS_DAMAGED : TMI_SMALL_IS_FOREIGN;
    return tmi_region_of(ptr) != NULL && (uintptr_t)ptr % TRACKMEM_ALIGNMENT == 0
               ? TMI_SMALL_IS_FREED
               : TMI_SMALL_IS_FOREIGN;
}
