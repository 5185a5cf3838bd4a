/*
 * block/checked.c: see checked.h. Calls the backend; takes "records" and "quarantine" for a moment
 * each, and reports with neither held.
 */
#include "block/checked.h"

#include <string.h>

#include "account/site.h"
#include "backend/backend.h"
#include "block/damage.h"
#include "block/index.h"

/* Before each block: its header, which counts as a part of the zone. */
#define LEAST_FRONT_BYTES TMI_HEADER_BYTES

/* Behind each, its own bytes included: with the header no two blocks start within a granule. */
#define LEAST_REST_BYTES (TMI_INDEX_GRANULE_BYTES - LEAST_FRONT_BYTES)

bool tmi_checking;
struct tmi_checked_options tmi_checked_options;
static size_t front_zone; /* bytes of the zone before each header; set once */

void tmi_checked_start(const struct tmi_checked_options *options)
{
    size_t zone = (options->zone_bytes + TRACKMEM_ALIGNMENT - 1) / TRACKMEM_ALIGNMENT *
                  TRACKMEM_ALIGNMENT;

    tmi_checked_options = *options;
    front_zone = zone > TMI_HEADER_BYTES ? zone - TMI_HEADER_BYTES : 0;
    tmi_checking = true;
}

/* The zone before the header. */
TMI_INLINE size_t front_bytes(void)
{
    return front_zone;
}

/* From the block's start to the end of the back zone: what C libraries round up belongs to it. */
TMI_INLINE size_t rest_bytes(size_t size)
{
    size_t rest = size + tmi_checked_options.zone_bytes;

    if (rest < LEAST_REST_BYTES)
        rest = LEAST_REST_BYTES;
    return ((rest + 7) & ~(size_t)15) + 8;
}

size_t tmi_checked_span_bytes(uint64_t shape)
{
    size_t alignment = tmi_shape_alignment(shape);

    return front_bytes() + TMI_HEADER_BYTES + rest_bytes(tmi_shape_size(shape)) +
           (alignment > TRACKMEM_ALIGNMENT ? alignment : 0);
}

static char *span_of(const struct tmi_record *record)
{
    return (char *)tmi_header_of((void *)record->block) - front_bytes() -
           (size_t)record->pad_units * TRACKMEM_ALIGNMENT;
}

static const struct trackmem_backend *backend_of(uint64_t shape)
{
    return &tmi_backends[tmi_shape_backend(shape)];
}

static void free_span(const struct tmi_record *record)
{
    const struct trackmem_backend *backend = backend_of(record->shape);

    backend->free(backend->context, span_of(record), tmi_checked_span_bytes(record->shape),
                  TRACKMEM_ALIGNMENT);
}

/* Gives a record a span; false: the backend has none. *zeroed: whether all of it is zero. */
static bool take_span(struct tmi_record *record, uint64_t shape, bool zero, bool *zeroed)
{
    const struct trackmem_backend *backend = backend_of(shape);
    size_t alignment = tmi_shape_alignment(shape);
    uintptr_t first;
    uintptr_t block;
    char *span;

    *zeroed = zero && backend->allocate_zeroed != NULL;
    span = (*zeroed ? backend->allocate_zeroed : backend->allocate)(
        backend->context, tmi_checked_span_bytes(shape), TRACKMEM_ALIGNMENT);
    if (span == NULL)
        return false;
    first = (uintptr_t)span + front_bytes() + TMI_HEADER_BYTES;
    block = (first + alignment - 1) & ~(uintptr_t)(alignment - 1);
    tmi_store(&record->shape, shape);
    tmi_store(&record->block, block);
    tmi_store(&record->pad_units, (uint32_t)((block - first) / TRACKMEM_ALIGNMENT));
    return true;
}

static void write_zones(const struct tmi_record *record)
{
    char *block = (char *)record->block;
    size_t size = tmi_shape_size(record->shape);

    if (tmi_checked_options.zone_bytes == 0)
        return;
    if (front_bytes() != 0)
        tmi_zone_write(block - TMI_HEADER_BYTES - front_bytes(), front_bytes());
    tmi_zone_write(block + size, rest_bytes(size) - size);
}

void tmi_checked_mend(const struct tmi_record *record, bool freed)
{
    char *block = (char *)record->block;

    write_zones(record);
    tmi_header_write(block, record->shape, record->account);
    if (freed) {
        tmi_header_mark_freed(block, tmi_header_of(block)->owner);
        tmi_fill_write(block, tmi_shape_size(record->shape), tmi_checked_options.fill,
                       tmi_checked_options.freed);
    }
}

/* Who allocated it. */
static void sign(struct tmi_checked_nest *nest, struct tmi_record *record, uint32_t account)
{
    tmi_store(&record->account, account);
    tmi_store(&record->freed_site, 0);
    tmi_store(&record->allocated_stack, nest != NULL ? nest->stack : 0);
    tmi_store(&record->freed_stack, 0);
    tmi_store(&record->allocated_thread, (uint16_t)(nest != NULL ? nest->thread : 0));
    tmi_store(&record->freed_thread, 0);
    tmi_store(&record->number, nest != NULL ? ++nest->number : 0);
}

void *tmi_checked_create(struct tmi_checked_nest *nest, uint64_t shape, uint32_t account, bool zero)
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
    write_zones(record);
    tmi_header_write(block, shape, account);
    if (!zero)
        tmi_fill_write(block, size, tmi_checked_options.fill, tmi_checked_options.fresh);
    else if (!zeroed)
        memset(block, 0, size);
    (void)tmi_record_set_state(record, TMI_LIFE_LIVE);
    if (TMI_LIKELY(tmi_index_insert(number, (uintptr_t)block, size)))
        return block;
    free_span(record);
    tmi_record_give(cache, number);
    return NULL;
}

uint32_t tmi_checked_find(const void *block, uint32_t *life)
{
    uint32_t number = tmi_index_find((uintptr_t)block);
    const struct tmi_record *record;

    if (number == 0)
        return 0;
    record = tmi_record_by_number(number);
    for (;;) {
        *life = tmi_load_acquire(&record->life);
        if (tmi_life_state(*life) == TMI_LIFE_NONE || tmi_load(&record->block) != (uintptr_t)block)
            return 0;
        if (tmi_life_state(*life) != TMI_LIFE_ENDING)
            return number;
        tmi_platform_yield(); /* another thread frees it, or gives it back */
    }
}

bool tmi_checked_find_around(const void *address, struct tmi_record *copy)
{
    uintptr_t wanted = (uintptr_t)address;
    uint32_t number = tmi_index_below(wanted);
    size_t front = front_bytes() + TMI_HEADER_BYTES;

    if (number != 0 && tmi_record_read(tmi_record_by_number(number), copy) &&
        wanted >= copy->block && wanted - copy->block < rest_bytes(tmi_shape_size(copy->shape)))
        return true;
    number = tmi_index_above(wanted, front);
    return number != 0 && tmi_record_read(tmi_record_by_number(number), copy) &&
           copy->block > wanted && copy->block - wanted <= front;
}

static struct tmi_header header_wanted(const struct tmi_record *record)
{
    uint64_t live = (uint64_t)record->account << 32 |
                    tmi_owner_seal((void *)record->block, record->shape, record->account);

    return (struct tmi_header){ record->shape, live };
}

/* The quick answer; the header counts, whatever the zones are. */
TMI_INLINE bool is_intact(const struct tmi_record *record, const struct tmi_header *wanted,
                          bool freed)
{
    const char *block = (const char *)record->block;
    const struct tmi_header *header = tmi_header_of(block);
    size_t size = tmi_shape_size(record->shape);

    if (header->shape != wanted->shape || header->owner != wanted->owner)
        return false;
    if (tmi_checked_options.zone_bytes != 0 &&
        (!tmi_zone_is_intact(block + size, rest_bytes(size) - size) ||
         (front_bytes() != 0 &&
          !tmi_zone_is_intact(block - TMI_HEADER_BYTES - front_bytes(), front_bytes()))))
        return false;
    return !freed ||
           tmi_fill_is_intact(block, size, tmi_checked_options.fill, tmi_checked_options.freed);
}

TMI_COLD static void find_damage(const struct tmi_record *record, const struct tmi_header *wanted,
                                 bool freed, struct tmi_damage *damage)
{
    const char *block = (const char *)record->block;
    size_t size = tmi_shape_size(record->shape);
    bool zones = tmi_checked_options.zone_bytes != 0;

    damage->freed = freed;
    if (zones && front_bytes() != 0)
        tmi_zone_examine(block - TMI_HEADER_BYTES - front_bytes(), front_bytes(), block, damage);
    tmi_bytes_examine(tmi_header_of(block), wanted, TMI_HEADER_BYTES, block, damage);
    if (freed)
        tmi_fill_examine(block, size, tmi_checked_options.fill, tmi_checked_options.freed, damage);
    if (zones)
        tmi_zone_examine(block + size, rest_bytes(size) - size, block, damage);
}

bool tmi_checked_examine(const struct tmi_record *record, bool freed, struct tmi_damage *damage)
{
    struct tmi_header wanted = header_wanted(record);

    if (freed)
        wanted.owner = tmi_owner_freed(wanted.owner);
    *damage = (struct tmi_damage){ .changed_bytes = 0 };
    if (TMI_LIKELY(is_intact(record, &wanted, freed)))
        return false;
    find_damage(record, &wanted, freed, damage);
    return true;
}

void tmi_checked_put_away(struct tmi_checked_nest *nest, uint32_t number,
                          struct trackmem_site *freed_at)
{
    struct tmi_record *record = tmi_record_by_number(number);
    void *block = (void *)record->block;
    uint32_t life;

    tmi_store(&record->freed_site, freed_at != NULL ? tmi_site_of(freed_at)->id : 0);
    tmi_store(&record->freed_stack, nest != NULL ? nest->stack : 0);
    tmi_store(&record->freed_thread, (uint16_t)(nest != NULL ? nest->thread : 0));
    tmi_header_mark_freed(block, header_wanted(record).owner);
    tmi_fill_write(block, tmi_shape_size(record->shape), tmi_checked_options.fill,
                   tmi_checked_options.freed);
    life = tmi_record_set_state(record, TMI_LIFE_FREED);
    if (!tmi_quarantine_push(nest, number, tmi_checked_span_bytes(record->shape)) &&
        tmi_record_claim(record, life))
        tmi_checked_give_back(nest, number);
}

void tmi_checked_give_back(struct tmi_checked_nest *nest, uint32_t number)
{
    struct tmi_record *record = tmi_record_by_number(number);
    struct tmi_damage damage;

    if (tmi_checked_examine(record, true, &damage))
        tmi_damage_report(record, &damage, NULL);
    tmi_index_remove(number, record->block, tmi_shape_size(record->shape));
    if (nest != NULL)
        tmi_graves_bury(nest->graves, (void *)record->block, record->shape,
                        tmi_owner_freed(header_wanted(record).owner), tmi_record_freed_at(record));
    free_span(record);
    tmi_record_give(nest != NULL ? &nest->records : NULL, number);
}

bool tmi_checked_end(struct tmi_checked_nest *nest, const void *block,
                     struct trackmem_site *freed_at)
{
    uint32_t life;
    uint32_t number = tmi_checked_find(block, &life);

    if (number == 0 || tmi_life_state(life) != TMI_LIFE_LIVE ||
        !tmi_record_claim(tmi_record_by_number(number), life))
        return false;
    tmi_checked_put_away(nest, number, freed_at);
    return true;
}

bool tmi_checked_set_account(const void *block, uint32_t account)
{
    uint32_t life;
    uint32_t number = tmi_checked_find(block, &life);
    struct tmi_record *record = tmi_record_by_number(number);
    struct tmi_header *header;
    uint64_t before;

    if (number == 0 || tmi_life_state(life) != TMI_LIFE_LIVE || !tmi_record_claim(record, life))
        return false;
    header = tmi_header_of((void *)record->block);
    before = header_wanted(record).owner;
    tmi_store(&record->account, account);
    /* What is damaged stays so, to the byte, until somebody looks. */
    tmi_store(&header->owner, tmi_load(&header->owner) ^ before ^ header_wanted(record).owner);
    (void)tmi_record_set_state(record, TMI_LIFE_LIVE);
    return true;
}

/* Looks at one block; a damaged one is reported, and put right. Returns whether it was damaged. */
static bool look_at(uint32_t number, const struct tmi_call *call)
{
    struct tmi_record *record = tmi_record_by_number(number);
    struct tmi_record copy;
    struct tmi_damage damage;
    bool freed;
    bool damaged;

    if (!tmi_record_pin(record))
        return false;
    freed = tmi_life_state(tmi_load(&record->life)) == TMI_LIFE_FREED;
    damaged = tmi_checked_examine(record, freed, &damage) && tmi_record_read(record, &copy);
    if (damaged)
        tmi_checked_mend(record, freed);
    tmi_record_unpin(record);
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

size_t tmi_checked_sweep(const struct tmi_call *call)
{
    uint32_t count = tmi_load_acquire(&tmi_records.count);
    size_t damaged = 0;

    for (uint32_t number = 1; number <= count; ++number)
        damaged += look_at(number, call);
    return damaged;
}

void tmi_checked_init(struct tmi_checked_nest *nest, struct tmi_graves *graves)
{
    nest->graves = graves;
    tmi_quarantine_publish(&nest->queue);
}

void tmi_checked_thread_ends(struct tmi_checked_nest *nest)
{
    tmi_quarantine_flush(nest);
    tmi_record_flush(&nest->records);
}
