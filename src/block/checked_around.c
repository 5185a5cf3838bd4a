/*
 * block/checked_around.c: see checked_around.h; and what is wrong around a block, or within a freed
 * one, and put right: see checked.h. Takes no lock.
 */
#include "block/checked_around.h"

#include <string.h>

#include "block/slots.h"

size_t tmi_checked_front;

/* What stands around a block; a freed one in a slot is filled to the end of its 16 bytes. */
struct around {
    char *block;
    size_t front; /* bytes of the front zone */
    size_t back;  /* where its back zone begins; a freed block is filled up to there */
    size_t end;   /* and where it ends */
};

static struct around around(const struct tmi_record *record, bool freed)
{
    size_t size = tmi_shape_size(record->shape);
    struct around around = { (char *)record->block, tmi_checked_front, size, 0 };

    if (tmi_slabs_own(around.block)) {
        const struct tmi_slab *slab = tmi_slab_of(tmi_slot_around(around.block));

        around.front = tmi_slabs.zone;
        around.end = slab->pitch;
        if (freed && tmi_checked_options.fill != TMI_FILL_OFF)
            around.back = tmi_slot_filled(size);
    } else {
        around.end = tmi_checked_rest(size);
    }
    return around;
}

void tmi_checked_mend(const struct tmi_record *record, bool freed)
{
    struct around place = around(record, freed);

    tmi_zone_write(place.block - place.front, place.front);
    tmi_zone_write(place.block + place.back, place.end - place.back);
    if (freed)
        tmi_fill_write(place.block, place.back, tmi_checked_options.fill,
                       tmi_checked_options.freed);
}

bool tmi_checked_examine(const struct tmi_record *record, bool freed, struct tmi_damage *damage)
{
    struct around place = around(record, freed);
    const char *front = place.block - place.front;
    const char *back = place.block + place.back;
    enum tmi_fill fill = tmi_checked_options.fill;
    unsigned char byte = tmi_checked_options.freed;

    *damage = (struct tmi_damage){ .changed_bytes = 0 };
    if (TMI_LIKELY(tmi_zone_is_intact(back, place.end - place.back) &&
                   tmi_zone_is_intact(front, place.front) &&
                   (!freed || tmi_fill_is_intact(place.block, place.back, fill, byte))))
        return false;
    damage->freed = freed;
    tmi_zone_examine(front, place.front, place.block, damage);
    if (freed)
        tmi_fill_examine(place.block, place.back, fill, byte, damage);
    tmi_zone_examine(back, place.end - place.back, place.block, damage);
    damage->reaches_edge = damage->first < 0 ? damage->first == -(ptrdiff_t)place.front
                                             : damage->last == (ptrdiff_t)place.end - 1;
    return true;
}
