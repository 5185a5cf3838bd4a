/*
 * block/checked.c: see checked.h. Calls the backend; takes "records" and "quarantine" for a moment
 * each, and reports with neither held.
 */
#include "block/checked_around.h"

#include <string.h>

#include "account/site.h"
#include "backend/backend.h"
#include "block/slots.h"

bool tmi_checking;
struct tmi_checked_options tmi_checked_options;

void tmi_checked_start(const struct tmi_checked_options *options)
{
    size_t zone = (options->zone_bytes + TRACKMEM_ALIGNMENT - 1) / TRACKMEM_ALIGNMENT *
                  TRACKMEM_ALIGNMENT;

    tmi_checked_options = *options;
    tmi_checked_front = zone > TMI_HEADER_BYTES ? zone : TMI_HEADER_BYTES;
    tmi_slots_set_fills();
    if (options->slabs)
        (void)tmi_slabs_start(options->zone_bytes); /* else all blocks have spans of their own */
    tmi_store(&tmi_checking, true);
}

/* Gives a record a span; false: the backend has none. *zeroed: whether all of it is zero. */
static bool take_span(struct tmi_record *record, uint64_t shape, bool zero, bool *zeroed)
{
    const struct trackmem_backend *backend = &tmi_backends[tmi_shape_backend(shape)];
    size_t alignment = tmi_shape_alignment(shape);
    uintptr_t first;
    uintptr_t block;
    char *span;

    *zeroed = zero && backend->allocate_zeroed != NULL;
    span = (*zeroed ? backend->allocate_zeroed : backend->allocate)(
        backend->context, tmi_checked_span_bytes(shape), TRACKMEM_ALIGNMENT);
    if (span == NULL)
        return false;
    first = (uintptr_t)span + tmi_checked_front;
    block = (first + alignment - 1) & ~(uintptr_t)(alignment - 1);
    tmi_store(&record->shape, shape);
    tmi_store(&record->block, block);
    tmi_store(&record->pad_units, (uint32_t)((block - first) / TRACKMEM_ALIGNMENT));
    return true;
}

/* Who allocated it. */
static void sign(const struct tmi_checked_nest *nest, struct tmi_record *record, uint32_t account)
{
    tmi_store(&record->account, account);
    tmi_store(&record->freed_site, 0);
    tmi_store(&record->allocated_stack, tmi_nest_stack_lasting(nest));
    tmi_store(&record->freed_stack, 0);
}

/* The class of slots for a block; 0: it has a span of its own. */
static uint32_t slot_class(const struct tmi_checked_nest *nest, uint64_t shape)
{
    if (nest == NULL || tmi_slabs.bytes == 0 || tmi_shape_backend(shape) != 0 ||
        tmi_shape_alignment(shape) > TRACKMEM_ALIGNMENT)
        return 0;
    return tmi_slab_class(tmi_shape_size(shape));
}

static void *create_in_span(struct tmi_checked_nest *nest, uint64_t shape, uint32_t account,
                            bool zero)
{
    struct tmi_record_cache *cache = nest != NULL ? &nest->records : NULL;
    size_t size = tmi_shape_size(shape);
    uint32_t number = tmi_record_take(cache);
    struct tmi_record *record;
    bool zeroed;
    void *block;

    if (number == 0)
        return NULL;
    record = tmi_record_by_number(number);
    if (!take_span(record, shape, zero, &zeroed)) {
        tmi_record_give(cache, number);
        return NULL;
    }
    block = (void *)record->block;
    sign(nest, record, account);
    tmi_checked_write_zones(record);
    if (!zero)
        tmi_fill_write(block, size, tmi_checked_options.fill, tmi_checked_options.fresh);
    else if (!zeroed)
        memset(block, 0, size);
    (void)tmi_record_set_state(record, TMI_LIFE_LIVE);
    if (TMI_LIKELY(tmi_index_insert(number, (uintptr_t)block, size)))
        return block;
    tmi_checked_free_span(record);
    tmi_record_give(cache, number);
    return NULL;
}

void *tmi_checked_create(struct tmi_checked_nest *nest, uint64_t shape, uint32_t account, bool zero)
{
    uint32_t class = slot_class(nest, shape);
    void *block = NULL;

    if (class != 0)
        block = tmi_slot_create(nest, class,
                                tmi_slot_kind(tmi_shape_size(shape), tmi_shape_family(shape)),
                                account, zero);
    return block != NULL ? block : create_in_span(nest, shape, account, zero);
}

uint32_t tmi_checked_find(const void *block, uint32_t *life)
{
    uint32_t number = tmi_slabs_own(block) ? tmi_slot_at(block) : tmi_index_find((uintptr_t)block);

    if (number == 0)
        return 0;
    for (;;) {
        *life = tmi_load_acquire(tmi_checked_life(number));
        if (tmi_life_state(*life) == TMI_LIFE_NONE ||
            (!tmi_is_slot(number) &&
             tmi_load(&tmi_record_by_number(number)->block) != (uintptr_t)block))
            return 0;
        if (tmi_life_state(*life) != TMI_LIFE_ENDING)
            return number;
        tmi_platform_yield(); /* another thread frees it, or gives it back */
    }
}

bool tmi_checked_claim(uint32_t number, uint32_t life)
{
    return tmi_life_claim(tmi_checked_life(number), life);
}

struct tmi_record tmi_checked_record(uint32_t number)
{
    return tmi_is_slot(number) ? tmi_slot_record(number) : *tmi_record_by_number(number);
}

bool tmi_checked_read(uint32_t number, struct tmi_record *copy)
{
    if (tmi_is_slot(number))
        return tmi_slot_read(number, copy) && tmi_life_state(copy->life) != TMI_LIFE_NONE;
    return tmi_record_read(tmi_record_by_number(number), copy);
}

bool tmi_checked_find_around(const void *address, struct tmi_record *copy)
{
    uintptr_t wanted = (uintptr_t)address;
    uint32_t number;

    if (tmi_slabs_own(address))
        return tmi_slot_find_around(address, copy);
    number = tmi_index_below(wanted);
    if (number != 0 && tmi_record_read(tmi_record_by_number(number), copy) &&
        wanted >= copy->block &&
        wanted - copy->block < tmi_checked_rest(tmi_shape_size(copy->shape)))
        return true;
    number = tmi_index_above(wanted, tmi_checked_front);
    return number != 0 && tmi_record_read(tmi_record_by_number(number), copy) &&
           copy->block > wanted && copy->block - wanted <= tmi_checked_front;
}

bool tmi_checked_find_gone(const void *block, struct tmi_record *copy)
{
    uint32_t number = tmi_slabs_own(block) ? tmi_slot_at(block) : 0;

    return number != 0 && tmi_slot_read(number, copy);
}

static uint32_t site_number(struct trackmem_site *site)
{
    return site != NULL ? tmi_site_of(site)->id : 0;
}

void tmi_checked_put_away(struct tmi_checked_nest *nest, uint32_t number,
                          struct trackmem_site *freed_at)
{
    struct tmi_record *record;
    void *block;

    if (tmi_is_slot(number)) {
        struct tmi_place place = tmi_place_of(number);

        tmi_slot_put_away(nest, &place, site_number(freed_at));
        return;
    }
    record = tmi_record_by_number(number);
    block = (void *)record->block;
    tmi_store(&record->freed_site, site_number(freed_at));
    tmi_store(&record->freed_stack, tmi_nest_stack_lasting(nest));
    tmi_fill_write(block, tmi_shape_size(record->shape), tmi_checked_options.fill,
                   tmi_checked_options.freed);
    (void)tmi_record_set_state(record, TMI_LIFE_FREED);
    tmi_quarantine_push(nest, number, tmi_checked_span_bytes(record->shape));
}

bool tmi_checked_end(struct tmi_checked_nest *nest, const void *block,
                     struct trackmem_site *freed_at)
{
    uint32_t life;
    uint32_t number = tmi_checked_find(block, &life);

    if (number == 0 || tmi_life_state(life) != TMI_LIFE_LIVE || !tmi_checked_claim(number, life))
        return false;
    tmi_checked_put_away(nest, number, freed_at);
    return true;
}

bool tmi_checked_set_account(const void *block, uint32_t from, uint32_t to)
{
    uint32_t life;
    uint32_t number = tmi_checked_find(block, &life);
    uint32_t *account;
    bool stands;

    if (number == 0 || tmi_life_state(life) != TMI_LIFE_LIVE ||
        !tmi_life_pin_known(tmi_checked_life(number), life))
        return false;
    account = tmi_is_slot(number) ? &tmi_slot_of(number)->account
                                  : &tmi_record_by_number(number)->account;
    stands = tmi_load(account) == from;
    if (stands)
        tmi_store(account, to);
    tmi_life_unpin(tmi_checked_life(number));
    return stands;
}

void tmi_checked_init(struct tmi_checked_nest *nest, struct tmi_graves *graves)
{
    nest->graves = graves;
    tmi_quarantine_publish(&nest->queue);
    tmi_slab_begin(&nest->slabs);
}

void tmi_checked_thread_ends(struct tmi_checked_nest *nest)
{
    tmi_quarantine_thread_ends(nest);
    tmi_record_flush(&nest->records);
    tmi_slab_flush(&nest->slabs);
}

void tmi_checked_abandon(struct tmi_checked_nest *nest)
{
    tmi_quarantine_abandon(nest);
    tmi_slab_abandon(&nest->slabs);
}
