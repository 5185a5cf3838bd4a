/*
 * block/checked_sweep.c: every block of check mode, looked at or told of: see checked.h. Reports
 * with nothing pinned or held.
 */
#include "block/damage.h"
#include "block/slots.h"

/* The number after this one, 0 being the first; 0: there is none. */
static uint32_t next_number(uint32_t number)
{
    if (!tmi_is_slot(number)) {
        if (number < tmi_load_acquire(&tmi_records.count))
            return number + 1;
        return tmi_slab_next(0);
    }
    return tmi_slab_next(number + 1);
}

size_t tmi_checked_most(void)
{
    return tmi_load(&tmi_records.count) + tmi_slabs_most();
}

void tmi_checked_visit(void (*fn)(const struct tmi_record *copy, void *user), void *user)
{
    struct tmi_record copy;

    for (uint32_t number = next_number(0); number != 0; number = next_number(number))
        if (tmi_checked_read(number, &copy))
            fn(&copy, user);
}

/*
 * All that is wrong with a live block beside one that is held is put right. False: it was told, or
 * is by who holds it.
 */
static bool settle_live(const struct tmi_record *record, struct tmi_damage *damage)
{
    uint32_t *word = tmi_checked_life(tmi_slot_around((const void *)record->block));
    bool is_damaged;

    if (!tmi_life_pin_at_once(word, record->life))
        return false;
    is_damaged = tmi_checked_examine(record, false, damage);
    if (is_damaged)
        tmi_checked_mend(record, false, damage);
    tmi_life_unpin(word);
    return is_damaged;
}

/*
 * A freed slot is marked as told, and what belongs to no block at the ends of it that damage
 * reaches is put right: what is found there later is new. The rest is put right as it leaves.
 * False: it was told before.
 */
static bool mark_told(const struct tmi_record *record, const struct tmi_damage *damage)
{
    uint32_t number = tmi_slot_around((const void *)record->block);
    uint32_t life = record->life;

    if ((life & TMI_LIFE_REPORTED) != 0 ||
        !__atomic_compare_exchange_n(tmi_checked_life(number), &life, life | TMI_LIFE_REPORTED,
                                     false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
        return false;
    tmi_slot_mend_zones(number, damage);
    return true;
}

/* The same for a freed one. False: it was told. */
static bool settle_freed(const struct tmi_record *record, struct tmi_damage *damage)
{
    return tmi_checked_examine(record, true, damage) && mark_told(record, damage);
}

bool tmi_checked_settle(struct tmi_record *record, bool freed, struct tmi_damage *damage)
{
    struct tmi_damage told = *damage;
    struct tmi_record other;
    bool tells = false;

    if (!tmi_slabs_own((const void *)record->block) ||
        !tmi_slot_blame_other(record, &told, &other) || (other.life & TMI_LIFE_REPORTED) != 0) {
        /* A neighbour whose it was may have been told of, and have gone, since it was seen. */
        if (!tmi_checked_examine(record, freed, damage))
            return false;
        tmi_checked_mend(record, freed, damage);
        return true;
    }
    switch (tmi_life_state(other.life)) {
    case TMI_LIFE_LIVE: tells = settle_live(&other, &told); break;
    case TMI_LIFE_FREED: tells = settle_freed(&other, &told); break;
    default: break; /* who has claimed it looks at it */
    }
    if (tells) {
        *record = other;
        *damage = told;
    }
    return tells;
}

/* Looks at one block; a damaged one is reported, and put right. Returns whether it was damaged. */
static bool look_at(uint32_t number, const struct tmi_call *call)
{
    struct tmi_record copy;
    struct tmi_damage damage;
    bool freed;
    bool damaged;

    if (!tmi_life_pin(tmi_checked_life(number), !tmi_is_slot(number)))
        return false;
    copy = tmi_checked_record(number);
    freed = tmi_life_state(copy.life) == TMI_LIFE_FREED;
    damaged = tmi_checked_examine(&copy, freed, &damage) &&
              tmi_checked_settle(&copy, freed, &damage);
    tmi_life_unpin(tmi_checked_life(number));
    if (damaged)
        tmi_damage_report(&copy, &damage, call);
    return damaged;
}

bool tmi_checked_look(const void *block, const struct tmi_call *call)
{
    uint32_t life;
    uint32_t number = tmi_checked_find(block, &life);

    return number != 0 && look_at(number, call);
}

/* As tmi_slot_was_let_be, for ThreadSanitizer: another thread may take the slot meanwhile. */
TMI_READS_ANYTHING static bool was_let_be(const struct tmi_place *place)
{
    return tmi_slot_was_let_be(place);
}

/* Whether a slot is plainly as it should be: it has no block, or nothing is wrong. */
TMI_INLINE bool is_plainly_intact(uint32_t number, uint32_t life)
{
    struct tmi_place place = tmi_place_of(number);

    switch (tmi_life_state(life)) {
    case TMI_LIFE_LIVE: return !TMI_TSAN && tmi_slot_is_intact(&place);
    case TMI_LIFE_FREED: return TMI_TSAN ? was_let_be(&place) : tmi_slot_was_let_be(&place);
    default: return true;
    }
}

/* Whether something is wrong with a freed block that is not left to a look at another one. */
TMI_COLD static bool is_damaged_itself(const struct tmi_record *record, struct tmi_damage *damage)
{
    struct tmi_damage told;
    struct tmi_record other;

    if (!tmi_checked_examine(record, true, damage))
        return false;
    told = *damage;
    return !tmi_slot_blame_other(record, &told, &other) ||
           (told.last < 0 && -told.first > (ptrdiff_t)tmi_slabs.zone);
}

/*
 * The memory of a slot stays whatever becomes of its block, so that it is looked at before it is
 * pinned; what only looked wrong, since the block began or ended meanwhile, is seen then. A freed
 * one is never pinned, so that it need not be claimed as it leaves: if it was freed before and
 * after the look, the damage is its own; and who marks it as reported reports it. It is looked at
 * twice: what a neighbour was told of that has gone since then is put right at the second look.
 */
static bool look_at_slot(uint32_t number, const struct tmi_call *call)
{
    uint32_t life = tmi_load_acquire(tmi_checked_life(number));
    struct tmi_record record;
    struct tmi_record other;
    struct tmi_damage damage;

    if (TMI_LIKELY(is_plainly_intact(number, life)))
        return false;
    if (tmi_life_state(life) == TMI_LIFE_LIVE)
        return look_at(number, call);
    record = tmi_slot_record(number);
    record.life = life;
    if ((life & TMI_LIFE_REPORTED) != 0 || !is_damaged_itself(&record, &damage) ||
        !is_damaged_itself(&record, &damage) || !mark_told(&record, &damage))
        return false;
    if (tmi_slot_blame_other(&record, &damage, &other))
        record = other;
    tmi_damage_report(&record, &damage, call);
    return true;
}

size_t tmi_checked_sweep(const struct tmi_call *call)
{
    size_t damaged = 0;

    for (uint32_t number = next_number(0); number != 0; number = next_number(number))
        damaged += tmi_is_slot(number) ? look_at_slot(number, call) : look_at(number, call);
    return damaged;
}

void tmi_checked_after_fork(void)
{
    size_t slots = tmi_slabs_most();

    for (uint32_t number = 1; number <= tmi_records.count; ++number)
        tmi_life_after_fork(&tmi_record_by_number(number)->life);
    for (size_t i = 0; i < slots; ++i)
        tmi_life_after_fork(&tmi_slabs.slots[i].life);
}
