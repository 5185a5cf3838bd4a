/*
 * block/slabs.c: see slabs.h. The lock "slabs" guards the store, and which slabs are in use.
 *
 * The tables of slabs, slots and stacks lie in reservations of their own, opened a piece at a time:
 * what stands at a number never moves.
 */
#include "block/slabs.h"

#include <string.h>

#include "block/zones.h"
#include "platform/pages.h"
#include "platform/platform.h"

#define STEP_BYTES 1048576u /* slabs are opened so many bytes at a time */
#define TABLE_STEP 131072u  /* the tables too */
#define SLOTS      ((size_t)TMI_SLABS * TMI_SLAB_SLOTS)
#define HAND_BYTES 8192u /* a hand is filled with, or with two slots */

struct tmi_slabs tmi_slabs = { .magic = "TRKMSLB", .version = 2 };

/*
 * What no thread keeps: by slab, in the order of addresses, however it came back. A class takes
 * from its first slab until that has no more.
 */
#define WORDS (TMI_SLAB_SLOTS / 64)
struct shelf {
    uint64_t free[WORDS]; /* a bit for each slot */
    uint32_t count;       /* of bits that are set */
    uint32_t first_word;  /* none is set in the words before */
    uint32_t next;        /* of its class, number + 1; 0: it is the last */
    uint32_t fresh;       /* from here on no slot was taken, and none has its zone */
};

static struct {
    struct tmi_lock lock;             /* rank "slabs" */
    struct shelf *shelves;            /* one a slab */
    uint32_t first[TMI_SLAB_CLASSES]; /* number + 1 of a slab with free slots; 0: none */
    uint32_t last[TMI_SLAB_CLASSES];
    size_t slots;      /* used of the table */
    size_t open_bytes; /* of the reservation, and of the tables */
    size_t open_slots;
    size_t open_stacks;
    size_t open_shelves;
    size_t open_own[2];
} store;

/* A table of so many bytes, inaccessible so far. */
static void *reserve(size_t bytes)
{
    return tmi_pages_reserve_table((bytes + TABLE_STEP - 1) / TABLE_STEP * TABLE_STEP);
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

bool tmi_slabs_start(size_t zone_bytes)
{
    size_t bytes = (size_t)TMI_SLABS << TMI_SLAB_BITS;
    size_t open = 0;
    void *base;

    tmi_slabs.zone = zone_bytes <= 16 ? 16 : (zone_bytes + 15) & ~(size_t)15;
    if (tmi_pages_size() == 0 || TABLE_STEP % tmi_pages_size() != 0)
        return false;
    base = tmi_pages_reserve_table(bytes);
    tmi_slabs.slabs = reserve(TMI_SLABS * sizeof *tmi_slabs.slabs);
    tmi_slabs.slots = reserve(SLOTS * sizeof *tmi_slabs.slots);
    tmi_slabs.stacks = reserve(SLOTS * sizeof *tmi_slabs.stacks);
    store.shelves = reserve(TMI_SLABS * sizeof *store.shelves);
    if (base == NULL || tmi_slabs.slabs == NULL || tmi_slabs.slots == NULL ||
        tmi_slabs.stacks == NULL || store.shelves == NULL ||
        !open_to(tmi_slabs.slabs, &open, TMI_SLABS * sizeof *tmi_slabs.slabs, TABLE_STEP))
        return false;
    tmi_slabs.base = (uintptr_t)base;
    tmi_store_release(&tmi_slabs.bytes, bytes);
    return true;
}

/* The lock is held. Own stacks of so many slots. */
static bool open_own(size_t slots)
{
    size_t each = tmi_slabs.own_room * sizeof *tmi_slabs.own[0];

    for (int freed = 0; freed < 2; ++freed)
        if (!open_to(tmi_slabs.own[freed], &store.open_own[freed], slots * each, TABLE_STEP))
            return false;
    tmi_own_add(2 * each * (slots - tmi_slabs.own_slots));
    tmi_store_release(&tmi_slabs.own_slots, slots);
    return true;
}

/* The lock is held. */
static bool reserve_own(uint32_t room)
{
    size_t bytes = SLOTS * room * sizeof *tmi_slabs.own[0];

    for (int freed = 0; freed < 2; ++freed)
        if (tmi_slabs.own[freed] == NULL && (tmi_slabs.own[freed] = reserve(bytes)) == NULL)
            return false;
    tmi_slabs.own_room = room;
    return true;
}

bool tmi_slabs_open_own(uint32_t room)
{
    bool opened;

    tmi_platform_lock(&store.lock);
    opened = (tmi_slabs.own_room != 0 || reserve_own((room + 3) / 4 * 4)) && open_own(store.slots);
    tmi_platform_unlock(&store.lock);
    return opened;
}

static uint32_t pitch_of(uint32_t class)
{
    uint32_t above = class - TMI_SLAB_EVEN - 1;

    return class <= TMI_SLAB_EVEN ? class * 16 : (above % 8 + 9) << (above / 8 + 3) << 4;
}

/* The lock is held. Puts some of 64 slots, those of one word, on a slab's shelf. */
static void shelve(uint32_t slab, uint32_t word, uint64_t bits, uint32_t count)
{
    struct shelf *shelf = &store.shelves[slab];

    shelf->free[word] |= bits;
    if (shelf->count == 0) {
        uint32_t class = tmi_slabs.slabs[slab].class;

        shelf->first_word = word;
        shelf->next = 0;
        if (store.first[class] == 0)
            store.first[class] = slab + 1;
        else
            store.shelves[store.last[class] - 1].next = slab + 1;
        store.last[class] = slab + 1;
    } else if (word < shelf->first_word) {
        shelf->first_word = word;
    }
    shelf->count += count;
}

/*
 * A class that has filled a slab will fill much of the next one: so its pages, and those of its
 * slots, are had at once.
 */
static void fetch_pages(char *start, const struct tmi_slot *slots, uint32_t count)
{
    uintptr_t pages = tmi_pages_size();
    uintptr_t first = (uintptr_t)slots & ~(pages - 1);
    uintptr_t end = (uintptr_t)(slots + count);

    tmi_pages_fetch(start, TMI_SLAB_BYTES);
    tmi_pages_fetch((void *)first, (end - first + pages - 1) & ~(pages - 1));
}

/* The lock is held. A slab for slots of one size, all on its shelf. False: no memory. */
static bool make_slab(uint32_t class)
{
    uint32_t number = tmi_slabs.count;
    uint32_t pitch = pitch_of(class);
    uint32_t count = (uint32_t)(TMI_SLAB_BYTES - tmi_slabs.zone) / pitch;
    struct tmi_slab *slab = &tmi_slabs.slabs[number < TMI_SLABS ? number : 0];
    char *start = (char *)tmi_slabs.base + ((size_t)number << TMI_SLAB_BITS);
    size_t slots = store.slots + count;

    if (number >= TMI_SLABS ||
        !open_to((void *)tmi_slabs.base, &store.open_bytes, ((size_t)number + 1) << TMI_SLAB_BITS,
                 STEP_BYTES) ||
        !open_to(tmi_slabs.slots, &store.open_slots, slots * sizeof *tmi_slabs.slots, TABLE_STEP) ||
        !open_to(tmi_slabs.stacks, &store.open_stacks, slots * sizeof *tmi_slabs.stacks,
                 TABLE_STEP) ||
        !open_to(store.shelves, &store.open_shelves, (number + 1) * sizeof *store.shelves,
                 TABLE_STEP))
        return false;
    slab->blocks = start + tmi_slabs.zone;
    slab->slots = tmi_slabs.slots + store.slots;
    slab->pitch = pitch;
    slab->inverse = 0xffffffffu / pitch + 1;
    slab->class = class;
    tmi_store(&store.slots, slots);
    tmi_own_add(sizeof *slab + sizeof *store.shelves + count * sizeof *slab->slots +
                (tmi_load(&tmi_slabs.has_stacks) ? count * sizeof *tmi_slabs.stacks : 0));
    if (tmi_slabs.own_room != 0)
        (void)open_own(slots); /* else such stacks are kept as others are */
    if (store.last[class] != 0)
        fetch_pages(start, slab->slots, count);
    tmi_zone_write(start, tmi_slabs.zone);
    tmi_store_release(&slab->count, count);
    tmi_store_release(&tmi_slabs.count, number + 1);
    for (uint32_t left = count, word = 0; left != 0; ++word) {
        uint32_t some = left < 64 ? left : 64;

        shelve(number, word, UINT64_MAX >> (64 - some), some);
        left -= some;
    }
    return true;
}

/*
 * The lock is held. The zones behind slots that are taken for the first time, up to this one: under
 * the lock, since whoever has the next slot looks at them, too.
 */
static void write_fresh_zones(uint32_t slab, uint32_t last)
{
    struct shelf *shelf = &store.shelves[slab];

    for (; shelf->fresh <= last; ++shelf->fresh) {
        struct tmi_place place = tmi_place_in(&tmi_slabs.slabs[slab], shelf->fresh);

        tmi_zone_write(place.block + place.pitch - tmi_slabs.zone, tmi_slabs.zone);
    }
}

/* The lock is held, and the class has slots on a shelf. */
static void take(struct tmi_slab_hand *hand, uint32_t class)
{
    uint32_t slab = store.first[class] - 1;
    struct shelf *shelf = &store.shelves[slab];
    uint32_t most = HAND_BYTES / pitch_of(class) + 2;
    uint32_t count = 0;
    uint32_t last = 0;
    uint64_t left;

    while (shelf->free[shelf->first_word] == 0)
        ++shelf->first_word;
    for (left = shelf->free[shelf->first_word]; left != 0 && count < most; left &= left - 1) {
        last = TMI_LOWEST_BIT_64(left);
        ++count;
    }
    hand->ready = shelf->free[shelf->first_word] ^ left;
    hand->place = tmi_place_of(TMI_SLAB_NUMBER | (slab * TMI_SLAB_SLOTS + shelf->first_word * 64));
    shelf->free[shelf->first_word] = left;
    shelf->count -= count;
    if (shelf->count == 0)
        store.first[class] = shelf->next;
    write_fresh_zones(slab, shelf->first_word * 64 + last);
}

bool tmi_slab_fill(struct tmi_slab_hand *hand, uint32_t class)
{
    bool filled;

    tmi_platform_lock(&store.lock);
    filled = store.first[class] != 0 || make_slab(class);
    if (filled)
        take(hand, class);
    tmi_platform_unlock(&store.lock);
    return filled;
}

void tmi_slab_store(const uint32_t *numbers, uint32_t count)
{
    tmi_platform_lock(&store.lock);
    for (uint32_t i = 0; i < count; ++i)
        shelve((numbers[i] & ~TMI_SLAB_NUMBER) / TMI_SLAB_SLOTS, numbers[i] % TMI_SLAB_SLOTS / 64,
               (uint64_t)1 << numbers[i] % 64, 1);
    tmi_platform_unlock(&store.lock);
}

/* The thread takes from its hands no more. */
void tmi_slab_flush(struct tmi_slab_nest *nest)
{
    for (uint32_t class = 0; class < TMI_SLAB_CLASSES; ++class) {
        struct tmi_slab_hand *hand = &nest->hands[class];
        uint32_t first = hand->place.number & ~TMI_SLAB_NUMBER;
        uint32_t count = 0;

        for (uint64_t left = hand->ready; left != 0; left &= left - 1)
            ++count;
        if (count == 0)
            continue;
        tmi_platform_lock(&store.lock);
        shelve(first / TMI_SLAB_SLOTS, first % TMI_SLAB_SLOTS / 64, hand->ready, count);
        tmi_platform_unlock(&store.lock);
        hand->ready = 0;
    }
}

void tmi_slab_abandon(struct tmi_slab_nest *nest)
{
    memset(nest, 0, sizeof *nest);
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
    return tmi_load(&store.slots);
}

size_t tmi_slabs_ranges(struct tmi_own_range ranges[TMI_SLAB_RANGES])
{
    if (tmi_slabs.bytes == 0)
        return 0;
    ranges[0] = (struct tmi_own_range){ tmi_slabs.base, tmi_slabs.bytes };
    ranges[1] = (struct tmi_own_range){ (uintptr_t)tmi_slabs.slabs,
                                        TMI_SLABS * sizeof *tmi_slabs.slabs };
    ranges[2] = (struct tmi_own_range){ (uintptr_t)tmi_slabs.slots,
                                        SLOTS * sizeof *tmi_slabs.slots };
    ranges[3] = (struct tmi_own_range){ (uintptr_t)tmi_slabs.stacks,
                                        SLOTS * sizeof *tmi_slabs.stacks };
    ranges[4] = (struct tmi_own_range){ (uintptr_t)store.shelves,
                                        TMI_SLABS * sizeof *store.shelves };
    for (int freed = 0; freed < 2; ++freed)
        ranges[5 + freed] = (struct tmi_own_range){ (uintptr_t)tmi_slabs.own[freed],
                                                    SLOTS * tmi_slabs.own_room *
                                                        sizeof *tmi_slabs.own[freed] };
    return TMI_SLAB_RANGES;
}

void tmi_slabs_lock_for_fork(void)
{
    tmi_platform_lock(&store.lock);
}

void tmi_slabs_unlock_after_fork(void)
{
    tmi_platform_unlock(&store.lock);
}
