/*
 * block/checked_leave.c: the end of blocks of check mode, when they leave the quarantine: see
 * checked.h. Takes "records" and "slabs" for a moment each, and calls the backend and reports with
 * neither held.
 */
#include "backend/backend.h"
#include "block/checked_around.h"
#include "block/damage.h"
#include "block/slots.h"

size_t tmi_checked_bytes(uint32_t number)
{
    return tmi_checked_span_bytes(tmi_load(&tmi_record_by_number(number)->shape));
}

void tmi_checked_free_span(const struct tmi_record *record)
{
    const struct trackmem_backend *backend = &tmi_backends[tmi_shape_backend(record->shape)];
    char *span = (char *)record->block - tmi_checked_front -
                 (size_t)record->pad_units * TRACKMEM_ALIGNMENT;

    backend->free(backend->context, span, tmi_checked_span_bytes(record->shape),
                  TRACKMEM_ALIGNMENT);
}

/* What the header of such a freed block would say, if it had one. */
static uint64_t owner_of(const struct tmi_record *record)
{
    return tmi_owner_freed((uint64_t)record->account << 32 |
                           tmi_owner_seal((void *)record->block, record->shape, record->account));
}

/*
 * Claims a block with a record that leaves, after what is wrong with it was reported: while a
 * report is made nobody has it claimed, so that who hears of it may ask for it. False: it is none.
 */
static bool claim_leaving(struct tmi_record *record)
{
    struct tmi_record copy;
    struct tmi_damage damage;

    if (!tmi_record_claim(record, tmi_load_acquire(&record->life)))
        return false;
    if (TMI_LIKELY(!tmi_checked_examine(record, true, &damage)))
        return true;
    tmi_checked_mend(record, true, &damage);
    copy = *record;
    copy.life = tmi_record_set_state(record, TMI_LIFE_FREED);
    tmi_damage_report(&copy, &damage, NULL);
    return tmi_record_claim(record, copy.life);
}

static void give_back(struct tmi_checked_nest *nest, uint32_t number)
{
    struct tmi_record *record = tmi_record_by_number(number);

    tmi_index_remove(number, record->block, tmi_shape_size(record->shape));
    if (nest != NULL)
        tmi_graves_bury(nest->graves, (void *)record->block, record->shape, owner_of(record),
                        tmi_record_freed_at(record));
    tmi_checked_free_span(record);
    tmi_record_give(nest != NULL ? &nest->records : NULL, number);
}

/*
 * A slot that leaves need not be claimed: a sweep does not pin what is freed. While it is put right
 * it is, and marked as told from then on, so that no sweep that saw it before reports the same.
 */
TMI_COLD static void report_leaving(uint32_t number)
{
    uint32_t *word = &tmi_slot_of(number)->life;
    struct tmi_record record = tmi_slot_record(number);
    uintptr_t leaving = record.block;
    struct tmi_damage damage;
    bool is_claimed = tmi_life_claim(word, record.life);
    bool was_told;
    bool is_damaged;

    if (!is_claimed)
        record = tmi_slot_record(number); /* a sweep has reported it just now */
    was_told = (record.life & TMI_LIFE_REPORTED) != 0;
    is_damaged = tmi_checked_examine(&record, true, &damage) &&
                 tmi_checked_settle(&record, true, &damage);
    if (is_claimed)
        tmi_store_release(word, (tmi_load(word) & ~TMI_LIFE_STATES) | TMI_LIFE_REPORTED |
                                    (uint32_t)TMI_LIFE_FREED);
    if (is_damaged && (!was_told || record.block != leaving))
        tmi_damage_report(&record, &damage, NULL);
}

/* They were used long ago: what is touched is fetched beforehand. */
static void fetch(const uint32_t *numbers, uint32_t count)
{
    for (uint32_t i = 0; i < count; ++i) {
        if (TMI_LIKELY(tmi_is_slot(numbers[i]))) {
            struct tmi_place place = tmi_place_of(numbers[i]);

            TMI_PREFETCH(place.slot);
            TMI_PREFETCH(place.block);
        } else {
            TMI_PREFETCH(tmi_record_by_number(numbers[i]));
        }
    }
}

void tmi_checked_leave(struct tmi_checked_nest *nest, const uint32_t *numbers, uint32_t count)
{
    uint32_t slots[TMI_QUARANTINE_BATCH];
    uint32_t slot_count = 0;

    fetch(numbers, count);
    for (uint32_t i = 0; i < count; ++i) {
        uint32_t number = numbers[i];

        if (TMI_LIKELY(tmi_is_slot(number))) {
            struct tmi_place place = tmi_place_of(number);

            if (TMI_UNLIKELY(!tmi_slot_was_let_be(&place)))
                report_leaving(number);
            tmi_slot_end(place.slot);
            slots[slot_count++] = number;
        } else if (claim_leaving(tmi_record_by_number(number))) {
            give_back(nest, number);
        }
    }
    if (slot_count == 1)
        tmi_slab_give(nest != NULL ? &nest->slabs : NULL, slots[0]);
    else if (slot_count != 0)
        tmi_slab_shelve(slots, slot_count);
}
