/*
 * block/guard.c: see guard.h. Opens and closes the pages of slots (guard_slots.h) with no lock
 * held: a slot that was taken is its taker's.
 */
#include "account/site.h"
#include "block/guard_slots.h"
#include "block/zones.h"
#include "platform/pages.h"
#include "platform/platform.h"

static struct {
    enum tmi_guard_mode mode;
    size_t alignment;
    size_t zone;         /* 0 where guards stand beside blocks */
    uintptr_t unguarded; /* atomic: a counter */
    uint32_t random;     /* atomic: a rough one will do */
} guard;

bool tmi_guard_start(const struct tmi_guard_options *options)
{
    guard.mode = options->mode;
    guard.alignment = options->alignment;
    guard.zone = options->mode == TMI_GUARD_ALONE ? options->zone : 0;
    guard.random = (uint32_t)tmi_platform_random() | 1;
    return tmi_slots_start(options->mode == TMI_GUARD_SAMPLE, options->protect);
}

void tmi_guard_set_bound(size_t bytes)
{
    tmi_slots_set_bound(bytes);
}

uint64_t tmi_guard_unguarded(void)
{
    return tmi_load(&guard.unguarded);
}

/* The slot that an address of the reservation lies in, and where it starts; NULL: no slot. */
static struct tmi_guarded *slot_of(uintptr_t address, uintptr_t *start)
{
    unsigned class;

    return tmi_slots_find(address, start, &class);
}

/* What a block starts at: the option guard_align is for those that ask for no alignment. */
static size_t unit_of(uint64_t shape)
{
    size_t alignment = tmi_shape_alignment(shape);

    return alignment > TRACKMEM_ALIGNMENT || tmi_shape_family(shape) == TRACKMEM_FAMILY_ALIGNED
               ? alignment
               : guard.alignment;
}

/* From the start of a slot to the first block that may stand in it. */
static size_t slot_front(void)
{
    return guard.mode == TMI_GUARD_ALONE ? guard.zone : tmi_slot_page();
}

/* False: there are no slots of that size. */
static bool class_of(uint64_t shape, unsigned *class)
{
    size_t unit = unit_of(shape);
    size_t size = tmi_shape_size(shape) + guard.zone;
    size_t needed = guard.mode == TMI_GUARD_ALONE
                        ? size + tmi_round_up(slot_front(), unit)
                        : tmi_round_up(size, tmi_slot_page()) + tmi_slot_page();
    unsigned least = guard.mode == TMI_GUARD_SAMPLE  ? TMI_SLOT_SAMPLE_CLASS
                     : guard.mode == TMI_GUARD_ALONE ? 0
                                                     : 1;

    if (unit > tmi_slot_page())
        needed += unit;
    for (*class = least; *class < TMI_SLOT_CLASSES && tmi_slot_bytes(*class) < needed; ++*class)
        continue;
    return guard.mode == TMI_GUARD_SAMPLE ? *class == TMI_SLOT_SAMPLE_CLASS
                                          : *class < TMI_SLOT_CLASSES;
}

static bool stands_at_the_end(void)
{
    uint32_t word;

    if (guard.mode != TMI_GUARD_SAMPLE)
        return guard.mode == TMI_GUARD_AFTER; /* alone, at the start */
    word = tmi_load(&guard.random);
    word ^= word << 13;
    word ^= word >> 17;
    word ^= word << 5;
    tmi_store(&guard.random, word);
    return (word >> 9 & 1) != 0;
}

/* A block of no bytes would stand beyond the end. */
static uintptr_t place(uintptr_t slot, unsigned class, uint64_t shape)
{
    size_t size = tmi_shape_size(shape);
    size_t unit = unit_of(shape);

    if (size != 0 && stands_at_the_end())
        return tmi_round_down(slot + tmi_slot_bytes(class) - size, unit);
    return tmi_round_up(slot + slot_front(), unit);
}

/* The pages that a block covers, which are open while it lives. */
struct span {
    char *start;
    size_t bytes;
};

static struct span span_of(uintptr_t block, size_t size)
{
    uintptr_t start = tmi_round_down(block, tmi_slot_page());

    return (struct span){ (char *)start,
                          size != 0
                              ? tmi_round_up(block + size + guard.zone, tmi_slot_page()) - start
                              : 0 };
}

static struct span span_of_record(const struct tmi_record *record)
{
    return span_of(record->block, tmi_shape_size(record->shape));
}

void tmi_guard_mend(const struct tmi_record *record)
{
    struct span span = span_of_record(record);
    char *start = (char *)record->block;
    char *end = start + tmi_shape_size(record->shape);

    if (span.bytes == 0)
        return;
    tmi_zone_write(span.start, (size_t)(start - span.start));
    tmi_zone_write(end, (size_t)(span.start + span.bytes - end));
}

/* A slot goes back whose pages could not be opened; it is found again by what lies in it. */
static void give_up(struct tmi_guarded *slot, uintptr_t start)
{
    (void)tmi_add(&guard.unguarded, 1);
    if (slot == NULL)
        return;
    if (tmi_load(&slot->record.block) == 0)
        tmi_store(&slot->record.block, start + slot_front());
    tmi_slots_put(slot);
}

static void sign(struct tmi_record *record, uint64_t shape, uintptr_t block, uint32_t account)
{
    while (!tmi_record_claim(record, tmi_load(&record->life))) /* a sweep looks at it */
        continue;
    tmi_fence(); /* pairs with tmi_record_read: who sees any of what follows sees this */
    tmi_store(&record->shape, tmi_shape_with_layout(shape, TMI_LAYOUT_GUARDED));
    tmi_store(&record->block, block);
    tmi_store(&record->account, account);
    tmi_store(&record->allocated_stack, 0);
    tmi_store(&record->freed_stack, 0);
    tmi_store(&record->freed_site, 0);
}

/* The age goes on with each block: who saw the one before claims nothing. */
static void begin_life(struct tmi_record *record)
{
    uint32_t life = tmi_load(&record->life) & ~(TMI_LIFE_AGE - 1);

    tmi_store_release(&record->life, (life + TMI_LIFE_AGE) | TMI_LIFE_LIVE);
}

void *tmi_guard_create(uint64_t shape, uint32_t account)
{
    bool sampled = guard.mode == TMI_GUARD_SAMPLE;
    struct tmi_guarded *guarded;
    struct span span;
    uintptr_t slot = 0;
    uintptr_t block;
    unsigned class = 0;

    if (class_of(shape, &class))
        slot = tmi_slots_take(class);
    if (slot == 0) {
        if (!sampled)
            give_up(NULL, 0);
        return NULL;
    }
    guarded = slot_of(slot, &slot);
    block = place(slot, class, shape);
    span = span_of(block, tmi_shape_size(shape));
    if (span.bytes != 0 && !tmi_pages_open(span.start, span.bytes)) {
        give_up(guarded, slot);
        return NULL;
    }
    sign(&guarded->record, shape, block, account);
    tmi_guard_mend(&guarded->record);
    begin_life(&guarded->record);
    return (void *)block;
}

struct tmi_record *tmi_guard_record(const void *address)
{
    uintptr_t slot;
    struct tmi_guarded *guarded = slot_of((uintptr_t)address, &slot);

    return guarded != NULL ? &guarded->record : NULL;
}

bool tmi_guard_examine(const struct tmi_record *record, struct tmi_damage *damage)
{
    struct span span = span_of_record(record);
    const char *start = (const char *)record->block;
    const char *end = start + tmi_shape_size(record->shape);
    size_t before = (size_t)(start - span.start);
    size_t after = (size_t)(span.start + span.bytes - end);

    *damage = (struct tmi_damage){ .changed_bytes = 0 };
    if (span.bytes == 0 ||
        (tmi_zone_is_intact(span.start, before) && tmi_zone_is_intact(end, after)))
        return false;
    tmi_zone_examine(end, after, start, damage); /* what programs do more often */
    if (damage->changed_bytes == 0)
        tmi_zone_examine(span.start, before, start, damage);
    return true;
}

void tmi_guard_put_away(struct tmi_record *record, struct trackmem_site *freed_at)
{
    struct span span = span_of_record(record);
    uintptr_t slot;

    tmi_store(&record->freed_site, freed_at != NULL ? tmi_site_of(freed_at)->id : 0);
    (void)tmi_record_set_state(record, TMI_LIFE_FREED); /* who uses it from now on is told so */
    if (span.bytes == 0 || tmi_pages_close(span.start, span.bytes))
        tmi_slots_put(slot_of(record->block, &slot));
}

/* The record of the live block that starts there, and its life; NULL: none does. */
static struct tmi_record *find_live(const void *block, uint32_t *life)
{
    struct tmi_record *record = tmi_guard_record(block);

    *life = record != NULL ? tmi_load_acquire(&record->life) : 0;
    return tmi_life_state(*life) == TMI_LIFE_LIVE && tmi_load(&record->block) == (uintptr_t)block
               ? record
               : NULL;
}

bool tmi_guard_end(const void *block, struct trackmem_site *freed_at)
{
    uint32_t life;
    struct tmi_record *record = find_live(block, &life);

    if (record == NULL || !tmi_record_claim(record, life))
        return false;
    tmi_guard_put_away(record, freed_at);
    return true;
}

bool tmi_guard_set_account(const void *block, uint32_t from, uint32_t to)
{
    uint32_t life;
    struct tmi_record *record = find_live(block, &life);
    bool stands;

    if (record == NULL || !tmi_life_pin_known(&record->life, life))
        return false;
    stands = tmi_load(&record->account) == from;
    if (stands)
        tmi_store(&record->account, to);
    tmi_record_unpin(record);
    return stands;
}

bool tmi_guard_find(const void *block, struct tmi_record *copy)
{
    const struct tmi_record *record = tmi_guard_record(block);

    return record != NULL && tmi_record_read(record, copy) && copy->block == (uintptr_t)block;
}

static size_t gap(const struct tmi_record *block, uintptr_t address, size_t bytes)
{
    uintptr_t end = block->block + tmi_shape_size(block->shape);

    if (address + bytes <= block->block)
        return block->block - (address + bytes - 1);
    return address < end ? 0 : address - end;
}

static enum tmi_guard_relation relation_of(uintptr_t address, const struct tmi_record *block)
{
    if (tmi_life_state(block->life) == TMI_LIFE_FREED)
        return TMI_GUARD_AFTER_FREE;
    return address < block->block ? TMI_GUARD_BELOW : TMI_GUARD_BEYOND;
}

/* A copy of the record of the slot that an address lies in; *slot: where that, or its page, is. */
static bool read_slot(uintptr_t address, struct tmi_record *copy, uintptr_t *slot)
{
    const struct tmi_guarded *guarded;

    *slot = tmi_round_down(address, tmi_slot_page());
    if (!tmi_guard_owns((const void *)address))
        return false;
    guarded = slot_of(address, slot);
    return guarded != NULL && tmi_record_read(&guarded->record, copy);
}

/* The slot's own block, or that of the slot before, whichever is nearer. */
void tmi_guard_explain(const void *address, size_t bytes, struct tmi_guard_finding *finding)
{
    uintptr_t at = (uintptr_t)address;
    struct tmi_record before;
    uintptr_t slot;
    uintptr_t ignored;
    bool found = read_slot(at, &finding->block, &slot);

    finding->relation = TMI_GUARD_STRANGER;
    if (read_slot(slot - 1, &before, &ignored) &&
        (!found || gap(&before, at, bytes) < gap(&finding->block, at, bytes))) {
        finding->block = before;
        found = true;
    }
    if (found)
        finding->relation = relation_of(at, &finding->block);
}

bool tmi_guard_open_for_look(const void *address)
{
    return tmi_pages_open((void *)tmi_round_down((uintptr_t)address, tmi_slot_page()),
                          tmi_slot_page());
}

void tmi_guard_close_after_look(const void *ptr)
{
    uintptr_t page = tmi_round_down((uintptr_t)tmi_header_of(ptr), tmi_slot_page());
    struct tmi_record copy;
    struct span span;
    uintptr_t slot;

    if (!read_slot(page, &copy, &slot)) {
        if (tmi_guard_owns((const void *)page))
            (void)tmi_pages_close((void *)page, tmi_slot_page());
        return;
    }
    span = span_of_record(&copy);
    if (tmi_life_state(copy.life) != TMI_LIFE_LIVE || page - (uintptr_t)span.start >= span.bytes)
        (void)tmi_pages_close((void *)page, tmi_slot_page());
}

void tmi_guard_visit(void (*fn)(struct tmi_record *record, void *user), void *user)
{
    uintptr_t end = tmi_slots_end();

    for (uintptr_t at = tmi_guard_range.start; at < end;) {
        unsigned class;
        struct tmi_guarded *guarded = tmi_slots_find(at, &at, &class);

        if (guarded == NULL)
            return;
        fn(&guarded->record, user);
        at += tmi_slot_bytes(class);
    }
}

static void settle(struct tmi_record *record, void *unused)
{
    (void)unused;
    tmi_life_after_fork(&record->life);
}

void tmi_guard_lock_for_fork(void)
{
    tmi_slots_lock_for_fork();
}

void tmi_guard_unlock_after_fork(bool in_child)
{
    tmi_slots_unlock_after_fork();
    if (in_child)
        tmi_guard_visit(settle, NULL);
}
