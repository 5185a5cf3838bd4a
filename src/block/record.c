/*
 * block/record.c: see record.h. Uses our own memory; the lock "records" guards the list of records
 * that no thread keeps.
 */
#include "block/record.h"

#include "account/own.h"
#include "platform/platform.h"

#define PATIENCE 10000 /* looks at a record that is changing */

struct tmi_records tmi_records = {
    .magic = "TRKMREC",
    .version = 2,
    .record_bytes = sizeof(struct tmi_record),
    .chunk_records = TMI_RECORD_CHUNK,
};

static struct {
    struct tmi_lock lock; /* rank "records" */
    uint32_t first;       /* of the free list, linked by `pad_units`; 0: empty */
} spare;

/* The lock is held. A number never used; 0: no memory. */
static uint32_t make_number(void)
{
    uint32_t number = tmi_records.count + 1;
    struct tmi_record **chunk;

    if (number >= TMI_RECORD_CHUNK * TMI_RECORD_CHUNKS)
        return 0;
    chunk = &tmi_records.chunks[number / TMI_RECORD_CHUNK];
    if (*chunk == NULL)
        tmi_store_release(chunk, tmi_own_map(TMI_RECORD_CHUNK * sizeof **chunk));
    if (*chunk == NULL)
        return 0;
    tmi_store_release(&tmi_records.count, number);
    return number;
}

/* The lock is held. */
static uint32_t take_spare(void)
{
    uint32_t number = spare.first;

    if (number == 0)
        return make_number();
    spare.first = tmi_record_by_number(number)->pad_units;
    return number;
}

uint32_t tmi_record_take(struct tmi_record_cache *cache)
{
    uint32_t number;

    if (TMI_LIKELY(cache != NULL && cache->count != 0))
        return cache->numbers[--cache->count];
    tmi_platform_lock(&spare.lock);
    number = take_spare();
    for (uint32_t i = 0; cache != NULL && number != 0 && i < TMI_RECORD_CACHE / 2; ++i) {
        uint32_t further = take_spare();

        if (further == 0)
            break;
        cache->numbers[cache->count++] = further;
    }
    tmi_platform_unlock(&spare.lock);
    return number;
}

/* The lock is held. */
static void put_spare(uint32_t number)
{
    tmi_store(&tmi_record_by_number(number)->pad_units, spare.first);
    spare.first = number;
}

static void put_some(struct tmi_record_cache *cache, uint32_t count)
{
    tmi_platform_lock(&spare.lock);
    for (; count != 0; --count)
        put_spare(cache->numbers[--cache->count]);
    tmi_platform_unlock(&spare.lock);
}

void tmi_record_give(struct tmi_record_cache *cache, uint32_t number)
{
    struct tmi_record *record = tmi_record_by_number(number);
    uint32_t life = tmi_load(&record->life) & ~(TMI_LIFE_AGE - 1);

    tmi_store_release(&record->life, life + TMI_LIFE_AGE);
    if (cache == NULL) {
        tmi_platform_lock(&spare.lock);
        put_spare(number);
        tmi_platform_unlock(&spare.lock);
        return;
    }
    if (cache->count == TMI_RECORD_CACHE)
        put_some(cache, TMI_RECORD_CACHE / 2);
    cache->numbers[cache->count++] = number;
}

void tmi_record_flush(struct tmi_record_cache *cache)
{
    put_some(cache, cache->count);
}

bool tmi_record_read(const struct tmi_record *record, struct tmi_record *copy)
{
    for (int looks = 0; looks < PATIENCE; ++looks) {
        uint32_t life = tmi_load_acquire(&record->life);

        if (tmi_life_state(life) == TMI_LIFE_NONE)
            return false;
        /* With acquire: `life` is read again after all of them. */
        *copy = (struct tmi_record){
            .shape = tmi_load_acquire(&record->shape),
            .block = tmi_load_acquire(&record->block),
            .life = life,
            .account = tmi_load_acquire(&record->account),
            .allocated_stack = tmi_load_acquire(&record->allocated_stack),
            .freed_stack = tmi_load_acquire(&record->freed_stack),
            .freed_site = tmi_load_acquire(&record->freed_site),
            .pad_units = tmi_load_acquire(&record->pad_units),
        };
        if (tmi_life_state(life) != TMI_LIFE_ENDING &&
            ((tmi_load(&record->life) ^ life) & ~TMI_LIFE_PINNED) == 0) {
            copy->life = tmi_life_as_read(life);
            return true;
        }
        tmi_platform_yield();
    }
    return false;
}

/*
 * Where the first try failed: a sweep may have pinned it, or who has claimed it lets go of it while
 * it reports.
 */
bool tmi_life_claim_slowly(uint32_t *word, uint32_t life)
{
    uint32_t unpinned = life & ~TMI_LIFE_PINNED;
    uint32_t claimed = (unpinned & ~TMI_LIFE_STATES) | TMI_LIFE_ENDING;

    for (;;) {
        uint32_t now = unpinned;

        if (TMI_LIKELY(__atomic_compare_exchange_n(word, &now, claimed, false, __ATOMIC_ACQ_REL,
                                                   __ATOMIC_ACQUIRE)))
            return true;
        if (now != (unpinned | TMI_LIFE_PINNED) && now != claimed)
            return false;
        tmi_platform_yield();
    }
}

bool tmi_life_pin(uint32_t *word, bool freed_too)
{
    uint32_t life = tmi_load_acquire(word);

    for (;;) {
        enum tmi_life state = tmi_life_state(life);

        if (state != TMI_LIFE_LIVE && !(freed_too && state == TMI_LIFE_FREED))
            return false;
        if ((life & TMI_LIFE_PINNED) != 0) { /* by another sweep */
            tmi_platform_yield();
            life = tmi_load_acquire(word);
        } else if (__atomic_compare_exchange_n(word, &life, life | TMI_LIFE_PINNED, false,
                                               __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
            return true;
        }
    }
}

bool tmi_life_pin_known(uint32_t *word, uint32_t life)
{
    if (!tmi_life_pin(word, false))
        return false;
    if (tmi_load(word) / TMI_LIFE_AGE == life / TMI_LIFE_AGE)
        return true;
    tmi_life_unpin(word);
    return false;
}

bool tmi_life_pin_at_once(uint32_t *word, uint32_t life)
{
    return tmi_life_state(life) == TMI_LIFE_LIVE && (life & TMI_LIFE_PINNED) == 0 &&
           __atomic_compare_exchange_n(word, &life, life | TMI_LIFE_PINNED, false, __ATOMIC_ACQ_REL,
                                       __ATOMIC_RELAXED);
}

void tmi_life_unpin(uint32_t *word)
{
    tmi_store_release(word, tmi_load(word) & ~TMI_LIFE_PINNED);
}

void tmi_records_lock_for_fork(void)
{
    tmi_platform_lock(&spare.lock);
}

void tmi_records_unlock_after_fork(void)
{
    tmi_platform_unlock(&spare.lock);
}
