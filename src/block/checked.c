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
#include "block/slots.h"

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
    if (options->slabs)
        (void)tmi_slabs_start(options->zone_bytes); /* else all blocks have spans of their own */
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

/* What is asked of the backend for a block that stands in no slot. */
static size_t span_bytes(uint64_t shape)
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

    backend->free(backend->context, span_of(record), span_bytes(record->shape), TRACKMEM_ALIGNMENT);
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
    span = (*zeroed ? backend->allocate_zeroed
                    : backend->allocate)(backend->context, span_bytes(shape), TRACKMEM_ALIGNMENT);
    if (span == NULL)
        return false;
    first = (uintptr_t)span + front_bytes() + TMI_HEADER_BYTES;
    block = (first + alignment - 1) & ~(uintptr_t)(alignment - 1);
    tmi_store(&record->shape, shape);
    tmi_store(&record->block, block);
    tmi_store(&record->pad_units, (uint32_t)((block - first) / TRACKMEM_ALIGNMENT));
    return true;
}

/* What stands around a block; a freed one in a slot is filled to the end of its 16 bytes. */
struct around {
    char *block;
    size_t front;  /* bytes of the front zone */
    size_t header; /* and of the header between that and the block */
    size_t back;   /* where its back zone begins; a freed block is filled up to there */
    size_t end;    /* and where it ends */
};

static struct around around(const struct tmi_record *record, bool freed)
{
    size_t size = tmi_shape_size(record->shape);
    struct around around = { (char *)record->block, front_bytes(), TMI_HEADER_BYTES, size, 0 };

    if (tmi_slabs_own(around.block)) {
        const struct tmi_slab *slab = tmi_slab_of(tmi_slot_around(around.block));

        around.front = tmi_slabs.zone;
        around.header = 0;
        around.end = slab->pitch;
        if (freed && tmi_checked_options.fill != TMI_FILL_OFF)
            around.back = tmi_slot_filled(size);
    } else {
        around.end = rest_bytes(size);
    }
    return around;
}

/* The zones of a slot are there whatever the option says. */
static bool has_zones(const struct around *around)
{
    return around->header == 0 || tmi_checked_options.zone_bytes != 0;
}

static void write_zones(const struct around *around)
{
    if (!has_zones(around))
        return;
    tmi_zone_write(around->block - around->header - around->front, around->front);
    tmi_zone_write(around->block + around->back, around->end - around->back);
}

void tmi_checked_mend(const struct tmi_record *record, bool freed)
{
    struct around place = around(record, freed);

    write_zones(&place);
    if (place.header != 0)
        tmi_header_write(place.block, record->shape, record->account);
    if (!freed)
        return;
    if (place.header != 0)
        tmi_header_mark_freed(place.block, tmi_header_of(place.block)->owner);
    tmi_fill_write(place.block, place.back, tmi_checked_options.fill, tmi_checked_options.freed);
}

/* Who allocated it. */
static void sign(const struct tmi_checked_nest *nest, struct tmi_record *record, uint32_t account)
{
    tmi_store(&record->account, account);
    tmi_store(&record->freed_site, 0);
    tmi_store(&record->allocated_stack, nest != NULL ? nest->stack : 0);
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
    struct around place;
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
    place = around(record, false);
    write_zones(&place);
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
    size_t front = front_bytes() + TMI_HEADER_BYTES;
    uint32_t number;

    if (tmi_slabs_own(address))
        return tmi_slot_find_around(address, copy);
    number = tmi_index_below(wanted);
    if (number != 0 && tmi_record_read(tmi_record_by_number(number), copy) &&
        wanted >= copy->block && wanted - copy->block < rest_bytes(tmi_shape_size(copy->shape)))
        return true;
    number = tmi_index_above(wanted, front);
    return number != 0 && tmi_record_read(tmi_record_by_number(number), copy) &&
           copy->block > wanted && copy->block - wanted <= front;
}

bool tmi_checked_find_gone(const void *block, struct tmi_record *copy)
{
    uint32_t number = tmi_slabs_own(block) ? tmi_slot_at(block) : 0;

    return number != 0 && tmi_slot_read(number, copy);
}

static struct tmi_header header_wanted(const struct tmi_record *record, bool freed)
{
    uint64_t live = (uint64_t)record->account << 32 |
                    tmi_owner_seal((void *)record->block, record->shape, record->account);

    return (struct tmi_header){ record->shape, freed ? tmi_owner_freed(live) : live };
}

/* The quick answer; the header counts, whatever the zones are. */
TMI_INLINE bool is_intact(const struct tmi_record *record, const struct around *place, bool freed)
{
    if (place->header != 0) {
        struct tmi_header wanted = header_wanted(record, freed);

        if (memcmp(tmi_header_of(place->block), &wanted, sizeof wanted) != 0)
            return false;
    }
    if (has_zones(place) &&
        (!tmi_zone_is_intact(place->block + place->back, place->end - place->back) ||
         !tmi_zone_is_intact(place->block - place->header - place->front, place->front)))
        return false;
    return !freed || tmi_fill_is_intact(place->block, place->back, tmi_checked_options.fill,
                                        tmi_checked_options.freed);
}

TMI_COLD static void find_damage(const struct tmi_record *record, const struct around *place,
                                 bool freed, struct tmi_damage *damage)
{
    struct tmi_header wanted = header_wanted(record, freed);
    const char *block = place->block;
    bool zones = has_zones(place);

    damage->freed = freed;
    if (zones)
        tmi_zone_examine(block - place->header - place->front, place->front, block, damage);
    if (place->header != 0)
        tmi_bytes_examine(tmi_header_of(block), &wanted, sizeof wanted, block, damage);
    if (freed)
        tmi_fill_examine(block, place->back, tmi_checked_options.fill, tmi_checked_options.freed,
                         damage);
    if (zones)
        tmi_zone_examine(block + place->back, place->end - place->back, block, damage);
}

bool tmi_checked_examine(const struct tmi_record *record, bool freed, struct tmi_damage *damage)
{
    struct around place = around(record, freed);

    *damage = (struct tmi_damage){ .changed_bytes = 0 };
    if (TMI_LIKELY(is_intact(record, &place, freed)))
        return false;
    find_damage(record, &place, freed, damage);
    return true;
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
        tmi_slot_put_away(nest, number, site_number(freed_at));
        return;
    }
    record = tmi_record_by_number(number);
    block = (void *)record->block;
    tmi_store(&record->freed_site, site_number(freed_at));
    tmi_store(&record->freed_stack, nest != NULL ? nest->stack : 0);
    tmi_header_mark_freed(block, header_wanted(record, false).owner);
    tmi_fill_write(block, tmi_shape_size(record->shape), tmi_checked_options.fill,
                   tmi_checked_options.freed);
    (void)tmi_record_set_state(record, TMI_LIFE_FREED);
    if (!tmi_quarantine_push(nest, number, span_bytes(record->shape)))
        tmi_checked_leave(nest, number);
}

size_t tmi_checked_bytes(uint32_t number)
{
    return tmi_is_slot(number) ? tmi_slab_of(number)->pitch
                               : span_bytes(tmi_load(&tmi_record_by_number(number)->shape));
}

/* They were used long ago. */
void tmi_checked_prefetch(uint32_t number)
{
    if (tmi_is_slot(number)) {
        TMI_PREFETCH(tmi_slot_of(number));
        TMI_PREFETCH(tmi_slot_block(number));
    } else {
        TMI_PREFETCH(tmi_record_by_number(number));
    }
}

static void give_back(struct tmi_checked_nest *nest, uint32_t number)
{
    struct tmi_record *record = tmi_record_by_number(number);
    struct tmi_damage damage;

    if (tmi_checked_examine(record, true, &damage))
        tmi_damage_report(record, &damage, NULL);
    tmi_index_remove(number, record->block, tmi_shape_size(record->shape));
    if (nest != NULL)
        tmi_graves_bury(nest->graves, (void *)record->block, record->shape,
                        header_wanted(record, true).owner, tmi_record_freed_at(record));
    free_span(record);
    tmi_record_give(nest != NULL ? &nest->records : NULL, number);
}

/* A slot that leaves need not be claimed: a sweep does not pin what is freed. */
TMI_COLD static void report_leaving(uint32_t number)
{
    struct tmi_record record = tmi_slot_record(number);
    struct tmi_damage damage;

    if (!tmi_life_claim(&tmi_slot_of(number)->life, record.life))
        record = tmi_slot_record(number); /* a sweep has reported it just now */
    if (!tmi_checked_examine(&record, true, &damage))
        return;
    tmi_checked_mend(&record, true);
    if ((record.life & TMI_LIFE_REPORTED) == 0)
        tmi_checked_report(&record, &damage, NULL);
}

void tmi_checked_leave(struct tmi_checked_nest *nest, uint32_t number)
{
    if (tmi_is_slot(number)) {
        if (TMI_UNLIKELY(!tmi_slot_was_let_be(number)))
            report_leaving(number);
        tmi_slab_give(nest != NULL ? &nest->slabs : NULL, number);
    } else if (tmi_checked_claim(number, tmi_load_acquire(tmi_checked_life(number)))) {
        give_back(nest, number);
    }
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

bool tmi_checked_set_account(const void *block, uint32_t account)
{
    uint32_t life;
    uint32_t number = tmi_checked_find(block, &life);

    if (number == 0 || tmi_life_state(life) != TMI_LIFE_LIVE || !tmi_checked_claim(number, life))
        return false;
    if (tmi_is_slot(number)) {
        tmi_store(&tmi_slot_of(number)->account, account);
    } else {
        struct tmi_record *record = tmi_record_by_number(number);
        struct tmi_header *header = tmi_header_of((void *)record->block);
        uint64_t before = header_wanted(record, false).owner;

        tmi_store(&record->account, account);
        /* What is damaged stays so, to the byte, until somebody looks. */
        tmi_store(&header->owner,
                  tmi_load(&header->owner) ^ before ^ header_wanted(record, false).owner);
    }
    (void)tmi_life_set_state(tmi_checked_life(number), TMI_LIFE_LIVE);
    return true;
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
    tmi_slab_flush(&nest->slabs);
}

void tmi_checked_abandon(struct tmi_checked_nest *nest)
{
    tmi_slab_abandon(&nest->slabs);
}
