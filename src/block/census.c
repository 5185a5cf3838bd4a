/*
 * block/census.c: see census.h. Its memory is our own, and goes with it.
 */
#include "block/census.h"

#include <string.h>

#include "account/own.h"
#include "block/checked.h"
#include "block/exact.h"
#include "block/guard.h"

#define ROOM 1024u /* for those that are made meanwhile */

static void count_slot(struct tmi_record *record, void *user)
{
    size_t *count = user;

    (void)record;
    ++*count;
}

struct tmi_census *tmi_census_create(void)
{
    size_t count = tmi_checked_most() + tmi_exact_count();
    struct tmi_census *census;
    size_t bytes;

    if (tmi_guard_range.bytes != 0)
        tmi_guard_visit(count_slot, &count);
    count += count / 16 + ROOM;
    bytes = sizeof *census + 2 * count * sizeof *census->blocks;
    census = tmi_own_map(bytes);
    if (census == NULL)
        return NULL;
    census->pages_bytes = bytes;
    census->capacity = count;
    census->blocks = (struct tmi_census_block *)(census + 1);
    census->spare = census->blocks + count;
    return census;
}

void tmi_census_destroy(struct tmi_census *census)
{
    if (census != NULL)
        tmi_own_unmap(census, census->pages_bytes);
}

/* A place for one more; what finds none is counted as well. */
static struct tmi_census_block *add(struct tmi_census *census)
{
    return census->count++ < census->capacity ? &census->blocks[census->count - 1] : NULL;
}

static void add_block(const struct tmi_record *copy, void *user)
{
    struct tmi_census_block *block = add(user);

    if (block == NULL)
        return;
    *block = (struct tmi_census_block){
        .start = copy->block,
        .size = tmi_shape_size(copy->shape),
        .account = copy->account,
        .stack = copy->allocated_stack,
        .life = copy->life & ~TMI_LIFE_PINNED,
        .flags = tmi_life_state(copy->life) == TMI_LIFE_FREED ? TMI_BLOCK_FREED : 0,
    };
}

/* One that is changing is left out: somebody frees it, or makes it. */
static void add_guarded(struct tmi_record *record, void *user)
{
    enum tmi_life state = tmi_life_state(tmi_load_acquire(&record->life));
    struct tmi_record copy;

    if ((state == TMI_LIFE_LIVE || state == TMI_LIFE_FREED) && tmi_record_read(record, &copy))
        add_block(&copy, user);
}

static void add_adopted(struct tmi_census *census, bool locked)
{
    struct tmi_exact_entry entry;
    size_t cursor = 0;

    while ((locked ? tmi_exact_next_locked : tmi_exact_next)(&cursor, &entry)) {
        struct tmi_census_block *block = entry.account != 0 ? add(census) : NULL;

        if (block != NULL)
            *block = (struct tmi_census_block){ .start = entry.block,
                                                .size = entry.size,
                                                .account = entry.account,
                                                .flags = TMI_BLOCK_ADOPTED };
    }
}

/* By one byte of the address; false: it is the same for all, and nothing moved. */
static bool sort_by_byte(const struct tmi_census_block *from, struct tmi_census_block *to,
                         size_t count, unsigned shift)
{
    size_t places[256] = { 0 };
    size_t next = 0;

    for (size_t i = 0; i < count; ++i)
        ++places[from[i].start >> shift & 255];
    if (places[from[0].start >> shift & 255] == count)
        return false;
    for (size_t i = 0; i < 256; ++i) {
        size_t here = places[i];

        places[i] = next;
        next += here;
    }
    for (size_t i = 0; i < count; ++i)
        to[places[from[i].start >> shift & 255]++] = from[i];
    return true;
}

static void sort(struct tmi_census *census)
{
    for (unsigned shift = 0; census->count != 0 && shift < 8 * sizeof(uintptr_t); shift += 8) {
        struct tmi_census_block *sorted = census->spare;

        if (!sort_by_byte(census->blocks, sorted, census->count, shift))
            continue;
        census->spare = census->blocks;
        census->blocks = sorted;
    }
}

bool tmi_census_take(struct tmi_census *census, bool locked)
{
    census->count = 0;
    tmi_checked_visit(add_block, census);
    if (tmi_guard_range.bytes != 0)
        tmi_guard_visit(add_guarded, census);
    add_adopted(census, locked);
    if (census->count > census->capacity)
        return false;
    sort(census);
    return true;
}

struct tmi_census *tmi_census_now(void)
{
    for (int tries = 0; tries < 3; ++tries) {
        struct tmi_census *census = tmi_census_create();

        if (census == NULL || tmi_census_take(census, false))
            return census;
        tmi_census_destroy(census);
    }
    return NULL;
}

size_t tmi_census_below(const struct tmi_census *census, uintptr_t address)
{
    size_t first = 0;
    size_t count = census->count;

    while (count > 0) {
        size_t half = count / 2;

        if (census->blocks[first + half].start <= address) {
            first += half + 1;
            count -= half + 1;
        } else {
            count = half;
        }
    }
    return first - 1; /* SIZE_MAX for none */
}

bool tmi_census_knows(const struct tmi_census *earlier, const struct tmi_census_block *block)
{
    size_t place = tmi_census_below(earlier, block->start);

    return place != SIZE_MAX && earlier->blocks[place].start == block->start &&
           ((earlier->blocks[place].life ^ block->life) & ~TMI_LIFE_STATES) == 0;
}
