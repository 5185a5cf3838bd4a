/*
 * block/checked_around.c: see checked_around.h; and what is wrong around a block, or within a freed
 * one, and put right: see checked.h. Takes no lock.
 */
#include "block/checked_around.h"

#include <string.h>

#include "block/slots.h"

size_t tmi_checked_front;

struct tmi_header tmi_checked_header(const struct tmi_record *record, bool freed)
{
    uint64_t live = (uint64_t)record->account << 32 |
                    tmi_owner_seal((void *)record->block, record->shape, record->account);

    return (struct tmi_header){ record->shape, freed ? tmi_owner_freed(live) : live };
}

/* What stands around a block; a freed one in a slot is filled to the end of its 16 bytes. */
struct around {
    char *block;
    size_t front;  /* bytes of the front zone */
    size_t header; /* and of the header between that and the block */
    size_t back;   /* where its back zone begins; a freed block is filled up to there */
    size_t end;    /* and where it ends */
};

static struct around around(const struct tmi_record *record, bool freed)
{
    size_t size = tmi_shape_size(record->shape);
    struct around around = { (char *)record->block, tmi_checked_front, TMI_HEADER_BYTES, size, 0 };

    if (tmi_slabs_own(around.block)) {
        const struct tmi_slab *slab = tmi_slab_of(tmi_slot_around(around.block));

        around.front = tmi_slabs.zone;
        around.header = 0;
        around.end = slab->pitch;
        if (freed && tmi_checked_options.fill != TMI_FILL_OFF)
            around.back = tmi_slot_filled(size);
    } else {
        around.end = tmi_checked_rest(size);
    }
    return around;
}

/* The zones of a slot are there whatever the option says. */
static bool has_zones(const struct around *around)
{
    return around->header == 0 || tmi_checked_options.zone_bytes != 0;
}

static void write_zones(const struct around *around)
{
    if (!has_zones(around))
        return;
    tmi_zone_write(around->block - around->header - around->front, around->front);
    tmi_zone_write(around->block + around->back, around->end - around->back);
}

void tmi_checked_mend(const struct tmi_record *record, bool freed)
{
    struct around place = around(record, freed);

    write_zones(&place);
    if (place.header != 0)
        tmi_header_write(place.block, record->shape, record->account);
    if (!freed)
        return;
    if (place.header != 0)
        tmi_header_mark_freed(place.block, tmi_header_of(place.block)->owner);
    tmi_fill_write(place.block, place.back, tmi_checked_options.fill, tmi_checked_options.freed);
}

/* The quick answer; the header counts, whatever the zones are. */
TMI_INLINE bool is_intact(const struct tmi_record *record, const struct around *place, bool freed)
{
    if (place->header != 0) {
        struct tmi_header wanted = tmi_checked_header(record, freed);

        if (memcmp(tmi_header_of(place->block), &wanted, sizeof wanted) != 0)
            return false;
    }
    if (has_zones(place) &&
        (!tmi_zone_is_intact(place->block + place->back, place->end - place->back) ||
         !tmi_zone_is_intact(place->block - place->header - place->front, place->front)))
        return false;
    return !freed || tmi_fill_is_intact(place->block, place->back, tmi_checked_options.fill,
                                        tmi_checked_options.freed);
}

TMI_COLD static void find_damage(const struct tmi_record *record, const struct around *place,
                                 bool freed, struct tmi_damage *damage)
{
    struct tmi_header wanted = tmi_checked_header(record, freed);
    const char *block = place->block;
    bool zones = has_zones(place);

    damage->freed = freed;
    if (zones)
        tmi_zone_examine(block - place->header - place->front, place->front, block, damage);
    if (place->header != 0)
        tmi_bytes_examine(tmi_header_of(block), &wanted, sizeof wanted, block, damage);
    if (freed)
        tmi_fill_examine(block, place->back, tmi_checked_options.fill, tmi_checked_options.freed,
                         damage);
    if (zones)
        tmi_zone_examine(block + place->back, place->end - place->back, block, damage);
}

bool tmi_checked_examine(const struct tmi_record *record, bool freed, struct tmi_damage *damage)
{
    struct around place = around(record, freed);

    *damage = (struct tmi_damage){ .changed_bytes = 0 };
    if (TMI_LIKELY(is_intact(record, &place, freed)))
        return false;
    find_damage(record, &place, freed, damage);
    return true;
}
