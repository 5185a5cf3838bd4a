/*
 * block/guard_slots.c: see guard_slots.h. Lookups take no lock: the handler of a fault makes them.
 */
#include "block/guard_slots.h"

#include "account/own.h"
#include "platform/pages.h"
#include "platform/platform.h"

#define SAMPLE_BYTES      ((size_t)2 << 20)  /* of all that sampled guards take */
#define KEPT_SLOTS        4096u              /* freed ones, before the oldest is taken again */
#define KEPT_BYTES        (ARENA_BYTES / 64) /* and their address space */
#define LEAST_BLOCK_BYTES 64u
#define BATCH_BYTES       ((size_t)256 << 10) /* prepared at once */
#define LEAST_BYTES       ((size_t)64 << 20)
#if UINTPTR_MAX > 0xffffffffu
#define ARENA_BYTES ((size_t)1 << 38)
#define CHUNK_BYTES ((size_t)32 << 20)
#else
#define ARENA_BYTES ((size_t)1 << 29)
#define CHUNK_BYTES ((size_t)1 << 20)
#endif

/* A chunk, or a part of a slot that is larger than one. */
struct chunk {
    struct tmi_guarded *records; /* stored with release, once the rest is; NULL: not in use */
    uint32_t first;              /* where the slots begin */
    uint32_t class;
};

/* The slots of one class. */
struct shelf {
    uintptr_t fresh; /* the next slot that was never used */
    uintptr_t prepared;
    uintptr_t end;             /* of the chunk that fresh lies in */
    struct tmi_guarded *ready; /* freed ones that have waited, linked; or NULL */
};

/* Freed slots of all classes, oldest first. */
struct waiting {
    struct tmi_guarded *first;
    struct tmi_guarded *last;
    size_t count;
    size_t slot_bytes;
    size_t block_bytes;
};

struct tmi_guard_range tmi_guard_range;

static struct {
    struct tmi_lock lock; /* rank "guard" */
    bool sampled;
    bool by_bytes;
    size_t bound; /* atomic: of the bytes of blocks that wait */
    size_t page;
    size_t chunk_bytes;
    uintptr_t next_chunk; /* atomic */
    struct chunk *chunks;
    struct shelf shelves[TMI_SLOT_CLASSES];
    struct waiting waiting;
} slots;

size_t tmi_slot_bytes(unsigned class)
{
    return slots.page << class;
}

/* Sampled: the records take a page or two of the 2 MiB, and one page ends the last slot. */
static bool reserve(bool sampled)
{
    size_t bytes = ARENA_BYTES;
    char *pages = NULL;

    slots.chunk_bytes = CHUNK_BYTES;
    if (sampled) {
        bytes = (SAMPLE_BYTES - 4 * slots.page) / tmi_slot_bytes(TMI_SLOT_SAMPLE_CLASS) *
                tmi_slot_bytes(TMI_SLOT_SAMPLE_CLASS);
        slots.chunk_bytes = bytes;
        pages = tmi_pages_reserve(bytes + slots.page);
    }
    while (!sampled && pages == NULL && bytes >= LEAST_BYTES) {
        pages = tmi_pages_reserve(bytes + slots.page);
        bytes = pages == NULL ? bytes / 2 : bytes;
    }
    if (pages == NULL)
        return false;
    slots.chunks = tmi_own_alloc((bytes / slots.chunk_bytes + 1) * sizeof *slots.chunks);
    if (slots.chunks == NULL) {
        tmi_pages_release(pages, bytes + slots.page);
        return false;
    }
    tmi_guard_range.start = (uintptr_t)pages;
    tmi_guard_range.bytes = bytes + slots.page; /* in which a chunk of its own begins, unused */
    slots.next_chunk = (uintptr_t)pages;
    return true;
}

bool tmi_slots_start(bool sampled, bool by_bytes)
{
    slots.page = tmi_pages_size();
    slots.sampled = sampled;
    slots.by_bytes = by_bytes;
    return slots.page != 0 && slots.page << TMI_SLOT_SAMPLE_CLASS <= SAMPLE_BYTES / 4 &&
           reserve(sampled);
}

size_t tmi_slot_page(void)
{
    return slots.page;
}

uintptr_t tmi_slots_end(void)
{
    return tmi_load(&slots.next_chunk);
}

static struct chunk *chunk_of(uintptr_t address)
{
    return &slots.chunks[(address - tmi_guard_range.start) / slots.chunk_bytes];
}

struct tmi_guarded *tmi_slots_find(uintptr_t address, uintptr_t *start, unsigned *class)
{
    const struct chunk *chunk = chunk_of(address);
    struct tmi_guarded *records = tmi_load_acquire(&chunk->records);
    uintptr_t first;
    size_t number;

    if (records == NULL)
        return NULL;
    first = tmi_guard_range.start + chunk->first * slots.chunk_bytes;
    number = (address - first) / tmi_slot_bytes(chunk->class);
    *start = first + number * tmi_slot_bytes(chunk->class);
    *class = chunk->class;
    return &records[number];
}

/* "guard" is held. Takes a chunk, or as many as one slot fills; false: there is no more. */
static bool add_chunk(unsigned class)
{
    struct shelf *shelf = &slots.shelves[class];
    size_t bytes = tmi_slot_bytes(class) > slots.chunk_bytes ? tmi_slot_bytes(class)
                                                             : slots.chunk_bytes;
    uintptr_t start = slots.next_chunk;
    size_t first = (start - tmi_guard_range.start) / slots.chunk_bytes;
    struct tmi_guarded *records;

    if (bytes > tmi_guard_range.start + tmi_guard_range.bytes - start)
        return false;
    records = tmi_own_alloc(bytes / tmi_slot_bytes(class) * sizeof *records);
    if (records == NULL)
        return false;
    for (size_t i = 0; i < bytes / slots.chunk_bytes; ++i) {
        slots.chunks[first + i].first = (uint32_t)first;
        slots.chunks[first + i].class = class;
        tmi_store_release(&slots.chunks[first + i].records, records);
    }
    tmi_store(&slots.next_chunk, start + bytes);
    shelf->fresh = start;
    shelf->prepared = start;
    shelf->end = start + bytes;
    return true;
}

/* "guard" is held. A slot that was never used; 0: there is none. */
static uintptr_t take_fresh(unsigned class)
{
    struct shelf *shelf = &slots.shelves[class];
    uintptr_t slot;

    if (shelf->fresh == shelf->end && !add_chunk(class))
        return 0;
    slot = shelf->fresh;
    if (slot == shelf->prepared) {
        size_t batch = tmi_slot_bytes(class) < BATCH_BYTES ? BATCH_BYTES : tmi_slot_bytes(class);

        if (batch > shelf->end - slot)
            batch = shelf->end - slot;
        if (!tmi_pages_prepare((void *)slot, batch))
            return 0;
        shelf->prepared += batch;
    }
    shelf->fresh += tmi_slot_bytes(class);
    return slot;
}

/* What the bound counts: about as much as such a block takes with zones. */
static size_t block_bytes_of(const struct tmi_guarded *slot)
{
    return tmi_shape_size(slot->record.shape) + LEAST_BLOCK_BYTES;
}

/* "guard" is held. What was freed first has waited; false: nothing waits. */
static bool end_waiting(void)
{
    struct waiting *waiting = &slots.waiting;
    struct tmi_guarded *slot = waiting->first;
    uintptr_t start;
    unsigned class = 0;

    if (slot == NULL)
        return false;
    (void)tmi_slots_find(tmi_load(&slot->record.block), &start, &class);
    waiting->first = slot->next;
    --waiting->count;
    waiting->slot_bytes -= tmi_slot_bytes(class);
    waiting->block_bytes -= block_bytes_of(slot);
    slot->next = slots.shelves[class].ready;
    slots.shelves[class].ready = slot;
    return true;
}

/* "guard" is held. The longer a freed slot waits, the longer a use of it is seen. */
static bool too_much_waits(void)
{
    const struct waiting *waiting = &slots.waiting;

    return waiting->slot_bytes > KEPT_BYTES ||
           (slots.by_bytes ? waiting->block_bytes > tmi_load(&slots.bound)
                           : waiting->count > KEPT_SLOTS && !slots.sampled);
}

/* "guard" is held. One that has waited; 0: there is none. */
static uintptr_t take_ready(unsigned class)
{
    struct shelf *shelf = &slots.shelves[class];
    struct tmi_guarded *slot = shelf->ready;
    uintptr_t start = 0;

    if (slot == NULL)
        return 0;
    shelf->ready = slot->next;
    (void)tmi_slots_find(tmi_load(&slot->record.block), &start, &class);
    return start;
}

uintptr_t tmi_slots_take(unsigned class)
{
    uintptr_t slot;

    tmi_platform_lock(&slots.lock);
    while (too_much_waits() && end_waiting())
        continue;
    slot = take_ready(class);
    if (slot == 0)
        slot = take_fresh(class);
    while (slot == 0 && end_waiting())
        slot = take_ready(class);
    tmi_platform_unlock(&slots.lock);
    return slot;
}

void tmi_slots_put(struct tmi_guarded *slot)
{
    struct waiting *waiting = &slots.waiting;
    uintptr_t start;
    unsigned class = 0;

    (void)tmi_slots_find(tmi_load(&slot->record.block), &start, &class);
    tmi_platform_lock(&slots.lock);
    slot->next = NULL;
    if (waiting->first == NULL)
        waiting->first = slot;
    else
        waiting->last->next = slot;
    waiting->last = slot;
    ++waiting->count;
    waiting->slot_bytes += tmi_slot_bytes(class);
    waiting->block_bytes += block_bytes_of(slot);
    tmi_platform_unlock(&slots.lock);
}

void tmi_slots_set_bound(size_t bytes)
{
    tmi_store(&slots.bound, bytes);
}

void tmi_slots_lock_for_fork(void)
{
    tmi_platform_lock(&slots.lock);
}

void tmi_slots_unlock_after_fork(void)
{
    tmi_platform_unlock(&slots.lock);
}
