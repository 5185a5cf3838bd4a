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

void tmi_checked_write_zones(const struct tmi_record *record)
{
    struct around place = around(record, false);

    tmi_zone_write(place.block - place.front, place.front);
    tmi_zone_write(place.block + place.back, place.end - place.back);
}

void tmi_checked_mend(const struct tmi_record *record, bool freed, const struct tmi_damage *damage)
{
    struct around place = around(record, freed);

    if (damage->first < 0)
        tmi_zone_write(place.block - place.front, place.front);
    if (damage->last >= (ptrdiff_t)place.back)
        tmi_zone_write(place.block + place.back, place.end - place.back);
    if (freed)
        tmi_fill_write(place.block, place.back, tmi_checked_options.fill,
                       tmi_checked_options.freed);
}

static bool is_intact(const struct around *place, bool freed)
{
    return tmi_zone_is_intact(place->block + place->back, place->end - place->back) &&
           tmi_zone_is_intact(place->block - place->front, place->front) &&
           (!freed || tmi_fill_is_intact(place->block, place->back, tmi_checked_options.fill,
                                         tmi_checked_options.freed));
}

enum part { FRONT = 1, INSIDE = 2, BACK = 4 };

/* What is wrong in some parts of what is around a block, or in it. */
static struct tmi_damage examine(const struct around *place, bool freed, unsigned parts)
{
    struct tmi_damage damage = { .freed = freed };

    if ((parts & FRONT) != 0)
        tmi_zone_examine(place->block - place->front, place->front, place->block, &damage);
    if (freed && (parts & INSIDE) != 0)
        tmi_fill_examine(place->block, place->back, tmi_checked_options.fill,
                         tmi_checked_options.freed, &damage);
    if ((parts & BACK) != 0)
        tmi_zone_examine(place->block + place->back, place->end - place->back, place->block,
                         &damage);
    damage.reaches_edge = damage.first < 0 ? damage.first == -(ptrdiff_t)place->front
                                           : damage.last == (ptrdiff_t)place->end - 1;
    return damage;
}

/*
 * Whether what is wrong at one end is rather a neighbour's that is live, or claimed: a look at that
 * one, or who has claimed it, tells it.
 */
static bool is_neighbours(const struct tmi_record *record, const struct tmi_damage *part)
{
    struct tmi_damage told = *part;
    struct tmi_record other;

    return part->changed_bytes != 0 && tmi_slot_blame_other(record, &told, &other) &&
           tmi_life_state(other.life) != TMI_LIFE_FREED;
}

/* Whether one write may have done both. */
static bool join(const struct tmi_damage *lower, const struct tmi_damage *upper)
{
    return lower->changed_bytes != 0 && upper->changed_bytes != 0 &&
           lower->last + 1 == upper->first;
}

/* Of damage in more than one part, which are the block's own. */
TMI_COLD static unsigned own_parts(const struct tmi_record *record, const struct around *place,
                                   bool freed)
{
    struct tmi_damage front = examine(place, freed, FRONT);
    struct tmi_damage behind_front = examine(place, freed, INSIDE | BACK);
    struct tmi_damage back = examine(place, freed, BACK);
    struct tmi_damage before_back = examine(place, freed, FRONT | INSIDE);
    unsigned parts = FRONT | INSIDE | BACK;

    if (behind_front.changed_bytes == 0 || before_back.changed_bytes == 0)
        return parts;
    if (!join(&front, &behind_front) && is_neighbours(record, &front))
        parts &= ~(unsigned)FRONT;
    if (!join(&before_back, &back) && is_neighbours(record, &back) &&
        ((parts & FRONT) != 0 || before_back.changed_bytes != front.changed_bytes))
        parts &= ~(unsigned)BACK;
    return parts;
}

bool tmi_checked_examine(const struct tmi_record *record, bool freed, struct tmi_damage *damage)
{
    struct around place = around(record, freed);

    *damage = (struct tmi_damage){ .changed_bytes = 0 };
    if (TMI_LIKELY(is_intact(&place, freed)))
        return false;
    *damage = examine(&place, freed,
                      tmi_slabs_own(place.block) ? own_parts(record, &place, freed)
                                                 : FRONT | INSIDE | BACK);
    return damage->changed_bytes != 0; /* a neighbour's that was put right meanwhile */
}
