/*
 * block/slab_shelves.c: see slab_shelves.h, and slabs.h. A store and the shelves of its slabs have
 * a lock of rank "slabs"; no two are held at once, but for a fork.
 */
#include "block/slab_shelves.h"

#include <string.h>

#include "block/zones.h"
#include "platform/platform.h"

#define HAND_BYTES   8192u /* a hand is filled with, or with two slots */
#define STORES_LEAST 4u
#define STORES_MOST  64u
#define LOOKS        64u /* at slabs of another store */

struct tmi_slab_shelf *tmi_slab_shelves;

/* The slabs with free slots, by class, of those threads that share it. */
struct tmi_slab_store {
    struct tmi_lock lock;             /* rank "slabs" */
    uint32_t first[TMI_SLAB_CLASSES]; /* number + 1; 0: none. Atomic, written under the lock */
    uint32_t last[TMI_SLAB_CLASSES];  /* 0: there was never one */
} TMI_ALIGNED(64);

static struct tmi_slab_store stores[STORES_MOST];
static uint32_t store_count = STORES_LEAST;
static uint32_t nest_count; /* atomic */

void tmi_slab_shelves_start(void)
{
    uint32_t wanted = 2 * tmi_platform_processors();

    store_count = wanted < STORES_LEAST  ? STORES_LEAST
                  : wanted < STORES_MOST ? wanted
                                         : STORES_MOST;
}

void tmi_slab_begin(struct tmi_slab_nest *nest)
{
    nest->store = &stores[tmi_add(&nest_count, 1) % store_count];
}

static uint32_t number_of(const struct tmi_slab_shelf *shelf) /* + 1 */
{
    return (uint32_t)(shelf - tmi_slab_shelves) + 1;
}

/* The store's lock is held. Puts a slab with free slots last in its list. */
static void enlist(struct tmi_slab_store *store, uint32_t slab)
{
    uint32_t class = tmi_slabs.slabs[slab].class;

    tmi_slab_shelves[slab].next = 0;
    if (store->first[class] == 0)
        tmi_store(&store->first[class], slab + 1);
    else
        tmi_slab_shelves[store->last[class] - 1].next = slab + 1;
    store->last[class] = slab + 1;
}

/* The lock of its store is held. Puts some of 64 slots, those of one word, on a slab's shelf. */
static void shelve(uint32_t slab, uint32_t word, uint64_t bits, uint32_t count)
{
    struct tmi_slab_shelf *shelf = &tmi_slab_shelves[slab];
    bool was_empty = shelf->count == 0;

    shelf->free[word] |= bits;
    shelf->count += count;
    if (was_empty || word < shelf->first_word)
        shelf->first_word = word;
    if (was_empty)
        enlist(shelf->store, slab);
}

/* Locks the store that a slab belongs to, and unlocks the one held, if it is another. */
static struct tmi_slab_store *lock_store_of(uint32_t slab, struct tmi_slab_store *held)
{
    for (;;) {
        struct tmi_slab_store *store = tmi_load_acquire(&tmi_slab_shelves[slab].store);

        if (TMI_LIKELY(store == held))
            return held;
        if (held != NULL)
            tmi_platform_unlock(&held->lock);
        tmi_platform_lock(&store->lock);
        held = store;
    }
}

/*
 * The store's lock is held. Takes a slab of that class out that can be spared: half free, and not
 * the first, which its threads take from. 0: of some it looked at none is, and those come last now.
 */
static uint32_t unlink_spare(struct tmi_slab_store *store, uint32_t class)
{
    uint32_t first = store->first[class];
    struct tmi_slab_shelf *before;

    if (first == 0)
        return 0;
    before = &tmi_slab_shelves[first - 1];
    for (size_t looks = 0; looks < LOOKS; ++looks) {
        uint32_t spare = before->next;
        struct tmi_slab_shelf *shelf;

        if (spare == 0)
            return 0;
        shelf = &tmi_slab_shelves[spare - 1];
        if (2 * shelf->count >= tmi_slabs.slabs[spare - 1].count) {
            before->next = shelf->next;
            if (shelf->next == 0)
                store->last[class] = number_of(before);
            return spare;
        }
        before = shelf;
    }
    if (before->next != 0) {
        tmi_slab_shelves[store->last[class] - 1].next = tmi_slab_shelves[first - 1].next;
        tmi_slab_shelves[first - 1].next = before->next;
        before->next = 0;
        store->last[class] = number_of(before);
    }
    return 0;
}

/* A slab with free slots, the store's from now on, but in no list: number + 1; 0: there is none. */
static uint32_t find_spare(struct tmi_slab_store *own, uint32_t class)
{
    uint32_t spare = 0;

    for (uint32_t i = 0; i < store_count && spare == 0; ++i) {
        struct tmi_slab_store *store = &stores[i];

        if (store == own || tmi_load(&store->first[class]) == 0)
            continue;
        tmi_platform_lock(&store->lock);
        spare = unlink_spare(store, class);
        if (spare != 0)
            tmi_store_release(&tmi_slab_shelves[spare - 1].store, own);
        tmi_platform_unlock(&store->lock);
    }
    return spare;
}

/* The same: one made anew. */
static uint32_t make(struct tmi_slab_store *own, uint32_t class, bool fetch)
{
    uint32_t number = tmi_slab_make(class, fetch);
    struct tmi_slab_shelf *shelf;

    if (number == 0)
        return 0;
    shelf = &tmi_slab_shelves[number - 1];
    shelf->count = tmi_slabs.slabs[number - 1].count;
    memset(shelf->free, 0xff, shelf->count / 64 * sizeof *shelf->free);
    if (shelf->count % 64 != 0)
        shelf->free[shelf->count / 64] = UINT64_MAX >> (64 - shelf->count % 64);
    tmi_store_release(&shelf->store, own);
    return number;
}

/*
 * The lock is held. The zones behind slots that are taken for the first time, up to this one: under
 * the lock, since whoever has the next slot looks at them, too.
 */
static void write_fresh_zones(uint32_t slab, uint32_t last)
{
    struct tmi_slab_shelf *shelf = &tmi_slab_shelves[slab];

    for (; shelf->fresh <= last; ++shelf->fresh) {
        struct tmi_place place = tmi_place_in(&tmi_slabs.slabs[slab], shelf->fresh);

        tmi_zone_write(place.block + place.pitch - tmi_slabs.zone, tmi_slabs.zone);
    }
}

/* The lock is held. Takes from a store's first slab of that class. */
static void take(struct tmi_slab_hand *hand, struct tmi_slab_store *store, uint32_t class)
{
    uint32_t slab = store->first[class] - 1;
    struct tmi_slab_shelf *shelf = &tmi_slab_shelves[slab];
    uint32_t most = HAND_BYTES / tmi_slabs.slabs[slab].pitch + 2;
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
        tmi_store(&store->first[class], shelf->next);
    write_fresh_zones(slab, shelf->first_word * 64 + last);
}

bool tmi_slab_fill(struct tmi_slab_nest *nest, uint32_t class)
{
    struct tmi_slab_store *own = nest->store;

    tmi_platform_lock(&own->lock);
    if (own->first[class] == 0) {
        bool had_some = own->last[class] != 0;
        uint32_t slab;

        tmi_platform_unlock(&own->lock);
        slab = find_spare(own, class);
        if (slab == 0)
            slab = make(own, class, had_some);
        if (slab == 0)
            return false;
        tmi_platform_lock(&own->lock);
        enlist(own, slab - 1);
    }
    take(&nest->hands[class], own, class);
    tmi_platform_unlock(&own->lock);
    return true;
}

void tmi_slab_shelve(const uint32_t *numbers, uint32_t count)
{
    struct tmi_slab_store *held = NULL;

    for (uint32_t i = 0; i < count; ++i) {
        uint32_t slab = (numbers[i] & ~TMI_SLAB_NUMBER) / TMI_SLAB_SLOTS;

        held = lock_store_of(slab, held);
        shelve(slab, numbers[i] % TMI_SLAB_SLOTS / 64, (uint64_t)1 << numbers[i] % 64, 1);
    }
    if (held != NULL)
        tmi_platform_unlock(&held->lock);
}

static void shelve_hand(struct tmi_slab_hand *hand)
{
    uint32_t numbers[64];
    uint32_t count = 0;

    for (uint64_t left = hand->ready; left != 0; left &= left - 1)
        numbers[count++] = hand->place.number + TMI_LOWEST_BIT_64(left);
    hand->ready = 0;
    tmi_slab_shelve(numbers, count);
}

void tmi_slab_flush(struct tmi_slab_nest *nest)
{
    for (uint32_t class = 0; class < TMI_SLAB_CLASSES; ++class)
        shelve_hand(&nest->hands[class]);
}

void tmi_slab_abandon(struct tmi_slab_nest *nest)
{
    memset(nest->hands, 0, sizeof nest->hands);
}

void tmi_slab_stores_lock_for_fork(void)
{
    for (uint32_t i = 0; i < store_count; ++i)
        tmi_platform_lock(&stores[i].lock);
}

void tmi_slab_stores_unlock_after_fork(void)
{
    for (uint32_t i = 0; i < store_count; ++i)
        tmi_platform_unlock(&stores[i].lock);
}
