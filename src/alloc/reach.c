/*
 * alloc/reach.c: see reach.h. Reads records, and of memory what is within live blocks or not ours.
 */
#include "alloc/reach.h"

#include <string.h>
#include <wchar.h>

#include "alloc/misuse.h"
#include "block/damage.h"

/* The block that an address belongs to, its zones and guards included. */
static bool find_block(const void *address, struct tmi_record *copy)
{
    struct tmi_guard_finding finding;

    if (tmi_guard_owns(address)) {
        tmi_guard_explain(address, 1, &finding);
        *copy = finding.block;
        return finding.relation != TMI_GUARD_STRANGER;
    }
    return tmi_checking && tmi_checked_find_around(address, copy);
}

static void report(const struct tmi_verb *verb, const struct tmi_record *block,
                   struct tmi_reach reach)
{
    struct tmi_call call = tmi_call_of(verb, reach.start);
    struct tmi_block_facts facts = tmi_record_facts(block);

    if (tmi_life_state(block->life) != TMI_LIFE_LIVE)
        tmi_report_call_after_free(&call, &facts, &reach);
    else if ((uintptr_t)reach.start < block->block)
        tmi_report_call_underrun(&call, &facts, &reach);
    else
        tmi_report_call_overrun(&call, &facts, &reach);
}

/* Whether a range that begins at or beside a block keeps to it. */
static bool keeps_to(const struct tmi_record *block, const void *start, size_t bytes)
{
    size_t size = tmi_shape_size(block->shape);
    uintptr_t offset = (uintptr_t)start - block->block; /* before the start it is huge */

    return tmi_life_state(block->life) == TMI_LIFE_LIVE && offset <= size && bytes <= size - offset;
}

static void look(const struct tmi_verb *call, struct tmi_reach reach)
{
    struct tmi_record block;

    if (reach.bytes != 0 && find_block(reach.start, &block) &&
        !keeps_to(&block, reach.start, reach.bytes))
        report(call, &block, reach);
}

void tmi_reach_read(const struct tmi_verb *call, const void *start, size_t bytes)
{
    look(call, (struct tmi_reach){ .start = start, .bytes = bytes });
}

void tmi_reach_write(const struct tmi_verb *call, const void *start, size_t bytes)
{
    look(call, (struct tmi_reach){ .start = start, .bytes = bytes, .writes = true });
}

void tmi_reach_apart(const struct tmi_verb *call, const void *to, const void *from, size_t bytes)
{
    size_t distance = to > from ? (size_t)((const char *)to - (const char *)from)
                                : (size_t)((const char *)from - (const char *)to);
    struct tmi_record block;

    if (distance != 0 && distance < bytes && find_block(to, &block) &&
        keeps_to(&block, to, bytes)) {
        struct tmi_call words = tmi_call_of(call, to);
        struct tmi_block_facts facts = tmi_record_facts(&block);

        tmi_report_overlap(&words, &facts, bytes, bytes - distance);
    }
}

/* What of a text or array may be read: units up to the end of its block, or ENDLESS. */
struct room {
    const void *start;
    size_t units;
    bool ours;
    struct tmi_record block;
};

/* False, and reported: none of it may be. */
static bool find_room(const struct tmi_verb *call, const void *start, size_t unit,
                      struct room *room)
{
    size_t size;

    room->start = start;
    room->units = TMI_REACH_ENDLESS;
    room->ours = find_block(start, &room->block);
    if (!room->ours)
        return true;
    size = tmi_shape_size(room->block.shape);
    if (!keeps_to(&room->block, start, 0)) {
        report(call, &room->block, (struct tmi_reach){ .start = start, .endless = true });
        return false;
    }
    room->units = (size - ((uintptr_t)start - room->block.block)) / unit;
    return true;
}

static void report_endless(const struct tmi_verb *call, const struct room *room)
{
    report(call, &room->block, (struct tmi_reach){ .start = room->start, .endless = true });
}

TMI_INLINE uint32_t unit_at(const void *start, size_t index, size_t unit)
{
    return unit == 1 ? ((const unsigned char *)start)[index]
                     : (uint32_t)((const wchar_t *)start)[index];
}

/* Units before the end of a text; most if there is none among them. */
static size_t length_of(const void *text, size_t most, size_t unit)
{
    size_t length = 0;

    if (most == TMI_REACH_ENDLESS && unit == 1)
        return strlen(text);
    while (length < most && unit_at(text, length, unit) != 0)
        ++length;
    return length;
}

size_t tmi_reach_text(const struct tmi_verb *call, const void *text, size_t most, size_t unit)
{
    struct room room;
    size_t length;

    if (most == 0 || !find_room(call, text, unit, &room))
        return 0;
    length = length_of(text, most < room.units ? most : room.units, unit);
    if (length == room.units && length < most)
        report_endless(call, &room);
    return length;
}

static bool is_stop(uint32_t value, size_t unit, struct tmi_stops stops)
{
    for (size_t i = 0; i < stops.count; ++i)
        if (unit_at(stops.units, i, unit) == value)
            return stops.in;
    return !stops.in;
}

void tmi_reach_search(const struct tmi_verb *call, const void *start, size_t most, size_t unit,
                      struct tmi_stops stops)
{
    struct room room;

    if (most == 0 || !find_room(call, start, unit, &room) || !room.ours || most <= room.units)
        return;
    for (size_t i = 0; i < room.units; ++i) {
        uint32_t value = unit_at(start, i, unit);

        if (is_stop(value, unit, stops) || (most == TMI_REACH_ENDLESS && value == 0))
            return;
    }
    if (most == TMI_REACH_ENDLESS)
        report_endless(call, &room);
    else
        tmi_reach_read(call, start, most * unit);
}

void tmi_reach_compare(const struct tmi_verb *call, const void *left, const void *right,
                       size_t most, size_t unit)
{
    struct room rooms[2];
    size_t units;

    if (most == 0 || !find_room(call, left, unit, &rooms[0]) ||
        !find_room(call, right, unit, &rooms[1]))
        return;
    units = rooms[0].units < rooms[1].units ? rooms[0].units : rooms[1].units;
    if (units >= most)
        return;
    for (size_t i = 0; i < units; ++i) {
        uint32_t value = unit_at(left, i, unit);

        if (value == 0 || value != unit_at(right, i, unit))
            return;
    }
    report_endless(call, &rooms[rooms[0].units != units]);
}

void tmi_reach_copy_text(const struct tmi_verb *call, const void *to, const void *from, size_t most,
                         size_t unit)
{
    size_t length = tmi_reach_text(call, from, most, unit);

    if (most != TMI_REACH_ENDLESS) {
        tmi_reach_write(call, to, most * unit);
        return;
    }
    tmi_reach_write(call, to, (length + 1) * unit);
    tmi_reach_apart(call, to, from, (length + 1) * unit);
}

void tmi_reach_append_text(const struct tmi_verb *call, const void *to, const void *from,
                           size_t most, size_t unit)
{
    size_t before = tmi_reach_text(call, to, TMI_REACH_ENDLESS, unit);
    size_t length = tmi_reach_text(call, from, most, unit);

    tmi_reach_write(call, (const char *)to + before * unit, (length + 1) * unit);
}

void tmi_reach_span(const struct tmi_verb *call, const void *text, const void *set, bool in,
                    size_t unit)
{
    size_t count = tmi_reach_text(call, set, TMI_REACH_ENDLESS, unit);

    tmi_reach_search(call, text, TMI_REACH_ENDLESS, unit, (struct tmi_stops){ set, count, in });
}
