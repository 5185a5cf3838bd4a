/*
 * block/slabs.c: see slabs.h. The lock "tables" guards which slabs there are, and their tables.
 *
 * The tables of slabs, slots and stacks lie in reservations of their own, opened a piece at a time:
 * what stands at a number never moves.
 */
#include "block/slab_shelves.h"

#include <string.h>

#include "block/zones.h"
#include "platform/pages.h"
#include "platform/platform.h"

#define STEP_BYTES 1048576u /* slabs are opened so many bytes at a time */
#define TABLE_STEP 131072u  /* the tables too */
#define LEAST      (STEP_BYTES / TMI_SLAB_BYTES)

struct tmi_slabs tmi_slabs = { .magic = "TRKMSLB", .version = 2 };

static struct {
    struct tmi_lock lock; /* rank "tables" */
    uint32_t most;        /* slabs that address space was reserved for */
    size_t slots;         /* used of the table */
    size_t open_bytes;    /* of the reservation, and of the tables */
    size_t open_slots;
    size_t open_stacks;
    size_t open_shelves;
    size_t open_own[2];
} tables;

static size_t whole_steps(size_t bytes)
{
    return (bytes + TABLE_STEP - 1) / TABLE_STEP * TABLE_STEP;
}

/* A table of so many bytes, inaccessible so far. */
static void *reserve(size_t bytes)
{
    return tmi_pages_reserve_table(whole_steps(bytes));
}

static size_t most_slots(void)
{
    return (size_t)tables.most * TMI_SLAB_SLOTS;
}

/* Opens a reservation up to a number of bytes; *open says how far it is. */
static bool open_to(void *start, size_t *open, size_t wanted, size_t step)
{
    while (*open < wanted) {
        if (!tmi_pages_commit((char *)start + *open, step))
            return false;
        *open += step;
    }
    return true;
}

/*
 * Reserves for so many slabs. As much again must be left for the program's large blocks and all
 * else, which a limit of the address space (ulimit -v) may not have. False: nothing is reserved.
 */
static bool reserve_for(uint32_t slabs)
{
    enum { BLOCKS, SLABS, SLOTS, STACKS, SHELVES, SPARE, COUNT };
    size_t slots = (size_t)slabs * TMI_SLAB_SLOTS;
    size_t bytes[COUNT] = { (size_t)slabs << TMI_SLAB_BITS, slabs * sizeof *tmi_slabs.slabs,
                            slots * sizeof *tmi_slabs.slots, slots * sizeof *tmi_slabs.stacks,
                            slabs * sizeof *tmi_slab_shelves };
    void *pages[COUNT];
    size_t open = 0;
    bool all = true;

    for (int i = 0; i < COUNT; ++i) {
        pages[i] = all ? reserve(bytes[i]) : NULL;
        all = pages[i] != NULL;
        bytes[SPARE] += i != SPARE ? whole_steps(bytes[i]) : 0;
    }
    all = all && open_to(pages[SLABS], &open, bytes[SLABS], TABLE_STEP);
    for (int i = all ? SPARE : 0; i < COUNT; ++i)
        if (pages[i] != NULL)
            tmi_pages_release(pages[i], whole_steps(bytes[i]));
    if (!all)
        return false;
    tmi_slabs.base = (uintptr_t)pages[BLOCKS];
    tmi_slabs.slabs = pages[SLABS];
    tmi_slabs.slots = pages[SLOTS];
    tmi_slabs.stacks = pages[STACKS];
    tmi_slab_shelves = pages[SHELVES];
    tables.most = slabs;
    return true;
}

bool tmi_slabs_start(size_t zone_bytes)
{
    uint32_t slabs = TMI_SLABS;

    tmi_slabs.zone = zone_bytes <= 16 ? 16 : (zone_bytes + 15) & ~(size_t)15;
    if (tmi_pages_size() == 0 || TABLE_STEP % tmi_pages_size() != 0)
        return false;
    while (!reserve_for(slabs))
        if ((slabs /= 2) < LEAST)
            return false;
    tmi_slab_shelves_start();
    tmi_store_release(&tmi_slabs.bytes, (size_t)slabs << TMI_SLAB_BITS);
    return true;
}

/* The lock is held. Own stacks of so many slots. */
static bool open_own(size_t slots)
{
    size_t each = tmi_slabs.own_room * sizeof *tmi_slabs.own[0];

    for (int freed = 0; freed < 2; ++freed)
        if (!open_to(tmi_slabs.own[freed], &tables.open_own[freed], slots * each, TABLE_STEP))
            return false;
    tmi_own_add(2 * each * (slots - tmi_slabs.own_slots));
    tmi_store_release(&tmi_slabs.own_slots, slots);
    return true;
}

/* The lock is held. */
static bool reserve_own(uint32_t room)
{
    size_t bytes = most_slots() * room * sizeof *tmi_slabs.own[0];

    for (int freed = 0; freed < 2; ++freed)
        if (tmi_slabs.own[freed] == NULL && (tmi_slabs.own[freed] = reserve(bytes)) == NULL)
            return false;
    tmi_slabs.own_room = room;
    return true;
}

bool tmi_slabs_open_own(uint32_t room)
{
    bool opened;

    tmi_platform_lock(&tables.lock);
    opened = (tmi_slabs.own_room != 0 || reserve_own((room + 3) / 4 * 4)) && open_own(tables.slots);
    tmi_platform_unlock(&tables.lock);
    return opened;
}

static uint32_t pitch_of(uint32_t class)
{
    uint32_t above = class - TMI_SLAB_EVEN - 1;

    return class <= TMI_SLAB_EVEN ? class * 16 : (above % 8 + 9) << (above / 8 + 3) << 4;
}

/* A slab's pages, and those of its slots. */
static void fetch_pages(char *start, const struct tmi_slot *slots, uint32_t count)
{
    uintptr_t pages = tmi_pages_size();
    uintptr_t first = (uintptr_t)slots & ~(pages - 1);
    uintptr_t end = (uintptr_t)(slots + count);

    tmi_pages_fetch(start, TMI_SLAB_BYTES);
    tmi_pages_fetch((void *)first, (end - first + pages - 1) & ~(pages - 1));
}

/* The lock is held. Opens all tables for so many slabs and slots. False: no memory. */
static bool open_tables(uint32_t slabs, size_t slots)
{
    return slabs <= tables.most &&
           open_to((void *)tmi_slabs.base, &tables.open_bytes, (size_t)slabs << TMI_SLAB_BITS,
                   STEP_BYTES) &&
           open_to(tmi_slabs.slots, &tables.open_slots, slots * sizeof *tmi_slabs.slots,
                   TABLE_STEP) &&
           open_to(tmi_slabs.stacks, &tables.open_stacks, slots * sizeof *tmi_slabs.stacks,
                   TABLE_STEP) &&
           open_to(tmi_slab_shelves, &tables.open_shelves, slabs * sizeof *tmi_slab_shelves,
                   TABLE_STEP);
}

/* The lock is held. Takes a slab with so many slots into the tables. */
static struct tmi_slab *add(uint32_t class, uint32_t pitch, uint32_t count)
{
    struct tmi_slab *slab = &tmi_slabs.slabs[tmi_slabs.count];
    char *start = (char *)tmi_slabs.base + ((size_t)tmi_slabs.count << TMI_SLAB_BITS);
    size_t slots = tables.slots + count;

    slab->blocks = start + tmi_slabs.zone;
    slab->slots = tmi_slabs.slots + tables.slots;
    slab->pitch = pitch;
    slab->inverse = 0xffffffffu / pitch + 1;
    slab->class = class;
    tmi_store(&tables.slots, slots);
    tmi_own_add(sizeof *slab + sizeof *tmi_slab_shelves + count * sizeof *slab->slots +
                (tmi_load(&tmi_slabs.has_stacks) ? count * sizeof *tmi_slabs.stacks : 0));
    if (tmi_slabs.own_room != 0)
        (void)open_own(slots); /* else such stacks are kept as others are */
    return slab;
}

uint32_t tmi_slab_make(uint32_t class, bool fetch)
{
    uint32_t pitch = pitch_of(class);
    uint32_t count = (uint32_t)(TMI_SLAB_BYTES - tmi_slabs.zone) / pitch;
    uint32_t number = 0;

    tmi_platform_lock(&tables.lock);
    if (open_tables(tmi_slabs.count + 1, tables.slots + count)) {
        struct tmi_slab *slab = add(class, pitch, count);

        if (fetch)
            fetch_pages(slab->blocks - tmi_slabs.zone, slab->slots, count);
        tmi_zone_write(slab->blocks - tmi_slabs.zone, tmi_slabs.zone);
        tmi_store_release(&slab->count, count);
        number = tmi_slabs.count + 1;
        tmi_store_release(&tmi_slabs.count, number);
    }
    tmi_platform_unlock(&tables.lock);
    return number;
}

uint32_t tmi_slab_next(uint32_t number)
{
    uint32_t count = tmi_load_acquire(&tmi_slabs.count);
    uint32_t next = number == 0 ? TMI_SLAB_NUMBER : number;

    for (; (next & ~TMI_SLAB_NUMBER) / TMI_SLAB_SLOTS < count;
         next = (next / TMI_SLAB_SLOTS + 1) * TMI_SLAB_SLOTS)
        if (next % TMI_SLAB_SLOTS < tmi_slab_of(next)->count)
            return next;
    return 0;
}

size_t tmi_slabs_most(void)
{
    return tmi_load(&tables.slots);
}

size_t tmi_slabs_ranges(struct tmi_own_range ranges[TMI_SLAB_RANGES])
{
    if (tmi_slabs.bytes == 0)
        return 0;
    ranges[0] = (struct tmi_own_range){ tmi_slabs.base, tmi_slabs.bytes };
    ranges[1] = (struct tmi_own_range){ (uintptr_t)tmi_slabs.slabs,
                                        tables.most * sizeof *tmi_slabs.slabs };
    ranges[2] = (struct tmi_own_range){ (uintptr_t)tmi_slabs.slots,
                                        most_slots() * sizeof *tmi_slabs.slots };
    ranges[3] = (struct tmi_own_range){ (uintptr_t)tmi_slabs.stacks,
                                        most_slots() * sizeof *tmi_slabs.stacks };
    ranges[4] = (struct tmi_own_range){ (uintptr_t)tmi_slab_shelves,
                                        tables.most * sizeof *tmi_slab_shelves };
    for (int freed = 0; freed < 2; ++freed)
        ranges[5 + freed] = (struct tmi_own_range){ (uintptr_t)tmi_slabs.own[freed],
                                                    most_slots() * tmi_slabs.own_room *
                                                        sizeof *tmi_slabs.own[freed] };
    return TMI_SLAB_RANGES;
}

void tmi_slabs_lock_for_fork(void)
{
    tmi_slab_stores_lock_for_fork();
    tmi_platform_lock(&tables.lock);
}

void tmi_slabs_unlock_after_fork(void)
{
    tmi_platform_unlock(&tables.lock);
    tmi_slab_stores_unlock_after_fork();
}
