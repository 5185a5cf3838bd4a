/*
 * block/exact.c: see exact.h. Uses our own memory only.
 */
#include "block/exact.h"

#include "account/own.h"
#include "platform/platform.h"

#if TMI_SMALL
#define STRIPES       1u
#define FIRST_ENTRIES 16u
#else
#define STRIPES       16u
#define FIRST_ENTRIES 128u
#endif
#define SPARE         STRIPES /* the stripe in static memory */
#define SPARE_ENTRIES 64u

struct stripe {
    struct tmi_lock lock TMI_ALIGNED(64); /* guards the rest; rank "exact" */
    struct tmi_exact_entry *entries;
    size_t capacity; /* a power of two, or 0 */
    size_t count;    /* atomic for those who look whether the spare one is empty */
};

static struct tmi_exact_entry spare_entries[SPARE_ENTRIES];
static struct stripe stripes[STRIPES + 1] = {
    [SPARE] = { .entries = spare_entries, .capacity = SPARE_ENTRIES },
};

static size_t hash_of(uintptr_t block)
{
    return (size_t)(((uint64_t)block >> 3) * 0x9e3779b97f4a7c15u >> 20);
}

static struct stripe *home_of(uintptr_t block)
{
    return &stripes[hash_of(block) >> 20 & (STRIPES - 1)];
}

/* The entry of the block, or the empty one where the search ends; the stripe is not full. */
static struct tmi_exact_entry *probe(const struct stripe *stripe, uintptr_t block)
{
    size_t index = hash_of(block);

    for (;; ++index) {
        struct tmi_exact_entry *entry = &stripe->entries[index & (stripe->capacity - 1)];

        if (entry->block == block || entry->block == 0)
            return entry;
    }
}

static bool grow(struct stripe *stripe)
{
    struct stripe larger = { .capacity = stripe->capacity == 0 ? FIRST_ENTRIES
                                                               : 2 * stripe->capacity };

    larger.entries = tmi_own_map(larger.capacity * sizeof *larger.entries);
    if (larger.entries == NULL)
        return false;
    for (size_t i = 0; i < stripe->capacity; ++i)
        if (stripe->entries[i].block != 0)
            *probe(&larger, stripe->entries[i].block) = stripe->entries[i];
    tmi_own_unmap(stripe->entries, stripe->capacity * sizeof *stripe->entries);
    stripe->entries = larger.entries;
    stripe->capacity = larger.capacity;
    return true;
}

static bool insert(struct stripe *stripe, const struct tmi_exact_entry *entry)
{
    bool room;

    tmi_platform_lock(&stripe->lock);
    if (2 * (stripe->count + 1) > stripe->capacity && stripe != &stripes[SPARE])
        (void)grow(stripe); /* without it there may be room still */
    room = stripe->count + 1 < stripe->capacity;
    if (room) {
        struct tmi_exact_entry *place = probe(stripe, entry->block);

        if (place->block == 0)
            tmi_store(&stripe->count, stripe->count + 1);
        *place = *entry; /* over one that the C library freed behind our back, perhaps */
    }
    tmi_platform_unlock(&stripe->lock);
    return room;
}

bool tmi_exact_insert(const struct tmi_exact_entry *entry)
{
    return insert(home_of(entry->block), entry) || insert(&stripes[SPARE], entry);
}

/* What is left is for the threads that asked before and are about to insert. */
bool tmi_exact_is_short(void)
{
    return tmi_load(&stripes[SPARE].count) >= SPARE_ENTRIES / 4;
}

/* Moves up what an empty entry would cut off from its place. */
static void close_gap(struct stripe *stripe, struct tmi_exact_entry *entry)
{
    size_t mask = stripe->capacity - 1;
    size_t gap = (size_t)(entry - stripe->entries);

    for (size_t i = (gap + 1) & mask; stripe->entries[i].block != 0; i = (i + 1) & mask) {
        size_t wanted = hash_of(stripe->entries[i].block) & mask;

        if (((i - wanted) & mask) >= ((i - gap) & mask)) {
            stripe->entries[gap] = stripe->entries[i];
            gap = i;
        }
    }
    stripe->entries[gap] = (struct tmi_exact_entry){ .block = 0 };
}

enum action { FIND, REMOVE, SET_ACCOUNT };

static bool act(struct stripe *stripe, uintptr_t block, enum action action,
                struct tmi_exact_entry *out)
{
    bool found = false;

    if (stripe == &stripes[SPARE] && tmi_load(&stripe->count) == 0)
        return false;
    tmi_platform_lock(&stripe->lock);
    if (stripe->capacity != 0) {
        struct tmi_exact_entry *entry = probe(stripe, block);

        found = entry->block == block &&
                (action != SET_ACCOUNT || entry->account == out[0].account);
        if (found && action == SET_ACCOUNT)
            entry->account = out[1].account;
        else if (found && action == FIND)
            *out = *entry;
        else if (found) {
            close_gap(stripe, entry);
            tmi_store(&stripe->count, stripe->count - 1);
        }
    }
    tmi_platform_unlock(&stripe->lock);
    return found;
}

static bool act_anywhere(uintptr_t block, enum action action, struct tmi_exact_entry *out)
{
    return act(home_of(block), block, action, out) || act(&stripes[SPARE], block, action, out);
}

bool tmi_exact_remove(const void *block)
{
    return act_anywhere((uintptr_t)block, REMOVE, NULL);
}

bool tmi_exact_find(const void *block, struct tmi_exact_entry *entry)
{
    return act_anywhere((uintptr_t)block, FIND, entry);
}

bool tmi_exact_set_account(const void *block, uint32_t from, uint32_t to)
{
    struct tmi_exact_entry accounts[] = { { .account = from }, { .account = to } };

    return act_anywhere((uintptr_t)block, SET_ACCOUNT, accounts);
}

bool tmi_exact_find_around(const void *address, struct tmi_exact_entry *found)
{
    uintptr_t wanted = (uintptr_t)address;
    bool hit = false;

    for (size_t s = 0; s <= STRIPES && !hit; ++s) {
        struct stripe *stripe = &stripes[s];

        tmi_platform_lock(&stripe->lock);
        for (size_t i = 0; i < stripe->capacity && !hit; ++i) {
            const struct tmi_exact_entry *entry = &stripe->entries[i];

            hit = entry->block != 0 && wanted - entry->block < (entry->size ? entry->size : 1);
            if (hit)
                *found = *entry;
        }
        tmi_platform_unlock(&stripe->lock);
    }
    return hit;
}

/* The next entry of one stripe, whose lock is held, from *index on. */
static bool next_of(const struct stripe *stripe, size_t *index, struct tmi_exact_entry *entry)
{
    for (; *index < stripe->capacity; ++*index) {
        if (stripe->entries[*index].block != 0) {
            *entry = stripe->entries[(*index)++];
            return true;
        }
    }
    return false;
}

static bool next(size_t *cursor, struct tmi_exact_entry *entry, bool locked)
{
    size_t s = *cursor % (STRIPES + 1);
    size_t i = *cursor / (STRIPES + 1);

    for (; s <= STRIPES; ++s, i = 0) {
        struct stripe *stripe = &stripes[s];
        bool found;

        if (!locked)
            tmi_platform_lock(&stripe->lock);
        found = next_of(stripe, &i, entry);
        if (!locked)
            tmi_platform_unlock(&stripe->lock);
        if (found) {
            *cursor = i * (STRIPES + 1) + s;
            return true;
        }
    }
    return false;
}

bool tmi_exact_next(size_t *cursor, struct tmi_exact_entry *entry)
{
    return next(cursor, entry, false);
}

bool tmi_exact_next_locked(size_t *cursor, struct tmi_exact_entry *entry)
{
    return next(cursor, entry, true);
}

size_t tmi_exact_count(void)
{
    size_t count = 0;

    for (size_t s = 0; s <= STRIPES; ++s)
        count += tmi_load(&stripes[s].count);
    return count;
}

const void *tmi_exact_static(size_t *bytes)
{
    *bytes = sizeof spare_entries;
    return spare_entries;
}

void tmi_exact_lock_all(void)
{
    for (size_t s = 0; s <= STRIPES; ++s)
        tmi_platform_lock(&stripes[s].lock);
}

void tmi_exact_unlock_all(void)
{
    for (size_t s = STRIPES + 1; s > 0; --s)
        tmi_platform_unlock(&stripes[s - 1].lock);
}
