/*
 * block/tracing.c: see tracing.h. Its memory is our own, and goes when it is done.
 */
#include "block/tracing.h"

#include "account/own.h"
#include "base/sort.h"
#include "block/exact.h"
#include "block/guard.h"
#include "block/lookup.h"
#include "block/slabs.h"
#include "platform/self.h"

#define BUFFER_BYTES   65536u     /* copied at once */
#define SPARSE_BYTES   (1u << 18) /* from here on a block may have pages that were never used */
#define RED_ZONE_BYTES 512u       /* below a stack pointer: what leaf functions may use */
#define BELOW_BYTES    1024u      /* and what ours use, below the one that asks */

enum mode { FROM_ROOTS, NOTE_POINTED, WITH_HEAD };

struct tmi_tracing {
    size_t pages_bytes;
    struct tmi_census *census;
    const struct tmi_tracing_roots *roots;
    struct tmi_memory memory;
    struct tmi_lookup lookup;
    uint32_t *todo; /* blocks that are to be looked through */
    size_t todo_count;
    struct tmi_own_range *ours; /* by address */
    size_t our_count;
    enum mode mode;
    uint32_t self;   /* whose words these are; of WITH_HEAD the head */
    uint32_t cursor; /* FROM_ROOTS: the first block that does not end before the words */
    uintptr_t buffer[BUFFER_BYTES / sizeof(uintptr_t)];
};

static bool starts_before(const void *a, const void *b, const void *user)
{
    const struct tmi_own_range *left = a;
    const struct tmi_own_range *right = b;

    (void)user;
    return left->start < right->start;
}

/* What of memory is no root. */
static void list_ours(struct tmi_tracing *tracing, size_t capacity)
{
    size_t bytes;
    const void *exact = tmi_exact_static(&bytes);
    size_t room = capacity - 2 - TMI_SLAB_RANGES;
    size_t count = tmi_own_ranges(tracing->ours, room);

    count = count < room ? count : room;
    count += tmi_slabs_ranges(tracing->ours + count);
    tracing->ours[count++] = (struct tmi_own_range){ (uintptr_t)exact, bytes };
    tracing->ours[count++] = (struct tmi_own_range){ tmi_guard_range.start, tmi_guard_range.bytes };
    tmi_sort(tracing->ours, count, sizeof *tracing->ours, starts_before, NULL);
    tracing->our_count = count;
}

static struct tmi_tracing *create(struct tmi_census *census, const struct tmi_tracing_roots *roots)
{
    size_t our_capacity = tmi_own_ranges(NULL, 0) + 16; /* the next two, and two that are added */
    size_t bytes = sizeof(struct tmi_tracing) + our_capacity * sizeof(struct tmi_own_range) +
                   census->count * sizeof(uint32_t);
    struct tmi_tracing *tracing = tmi_own_map(bytes);

    if (tracing == NULL)
        return NULL;
    if (!tmi_lookup_init(&tracing->lookup, census)) {
        tmi_own_unmap(tracing, bytes);
        return NULL;
    }
    tracing->pages_bytes = bytes;
    tracing->census = census;
    tracing->roots = roots;
    tracing->ours = (struct tmi_own_range *)(tracing + 1);
    tracing->todo = (uint32_t *)(tracing->ours + our_capacity);
    list_ours(tracing, our_capacity);
    return tracing;
}

static void put_off(struct tmi_tracing *tracing, uint32_t number, uint32_t flag)
{
    tracing->census->blocks[number].flags |= flag;
    tracing->todo[tracing->todo_count++] = number;
}

/* A word that is an address in a block. */
static void meet(struct tmi_tracing *tracing, uint32_t number, uintptr_t word)
{
    struct tmi_census_block *block = &tracing->census->blocks[number];

    if ((block->flags & TMI_BLOCK_FREED) != 0)
        return;
    if (tracing->mode == FROM_ROOTS) {
        if (word == block->start)
            block->flags |= TMI_BLOCK_BY_START;
        if ((block->flags & TMI_BLOCK_REACHED) == 0)
            put_off(tracing, number, TMI_BLOCK_REACHED);
        return;
    }
    if ((block->flags & TMI_BLOCK_REACHED) != 0 || number == tracing->self)
        return;
    if (tracing->mode == NOTE_POINTED)
        block->flags |= TMI_BLOCK_POINTED;
    else if ((block->flags & TMI_BLOCK_LOST) != 0) /* of a circle, and known by now to be below */
        block->flags ^= TMI_BLOCK_LOST | TMI_BLOCK_LOST_TOO;
    else if ((block->flags & TMI_BLOCK_LOST_TOO) == 0)
        put_off(tracing, number, TMI_BLOCK_LOST_TOO);
}

TMI_READS_ANYTHING static void scan_words(struct tmi_tracing *tracing, const uintptr_t *words,
                                          size_t count)
{
    for (size_t i = 0; i < count; ++i) {
        uintptr_t word = words[i];

        if (TMI_UNLIKELY(word - tracing->lookup.lowest < tracing->lookup.span)) {
            uint32_t number = tmi_lookup_find(&tracing->lookup, word);

            if (number != TMI_LOOKUP_NONE)
                meet(tracing, number, word);
        }
    }
}

/* Words of memory that is no block's, but for the blocks in it. */
static void scan_around_blocks(struct tmi_tracing *tracing, uintptr_t start, size_t size)
{
    const struct tmi_census *census = tracing->census;
    uintptr_t end = start + size;

    for (uintptr_t at = start; at < end;) {
        uintptr_t stop = end;

        while (tracing->cursor < census->count &&
               tmi_census_end(&census->blocks[tracing->cursor]) <= at)
            ++tracing->cursor;
        if (tracing->cursor < census->count) {
            const struct tmi_census_block *block = &census->blocks[tracing->cursor];

            if (block->start <= at) {
                at = (tmi_census_end(block) + sizeof(uintptr_t) - 1) & ~(sizeof(uintptr_t) - 1);
                continue;
            }
            stop = block->start < end ? block->start : end;
        }
        scan_words(tracing, tracing->buffer + (at - start) / sizeof(uintptr_t),
                   (stop - at) / sizeof(uintptr_t));
        at = (stop + sizeof(uintptr_t) - 1) & ~(sizeof(uintptr_t) - 1);
    }
}

/* Copies a part after the other, and goes on behind the pages that cannot be read. */
static void scan_copies(struct tmi_tracing *tracing, uintptr_t start, uintptr_t end,
                        bool around_blocks)
{
    uintptr_t at = (start + sizeof(uintptr_t) - 1) & ~(sizeof(uintptr_t) - 1);

    while (at < end) {
        size_t wanted = end - at < BUFFER_BYTES ? end - at : BUFFER_BYTES;
        size_t got = tmi_memory_copy(&tracing->memory, tracing->buffer, at, wanted);

        if (around_blocks)
            scan_around_blocks(tracing, at, got & ~(sizeof(uintptr_t) - 1));
        else
            scan_words(tracing, tracing->buffer, got / sizeof(uintptr_t));
        at += got;
        if (got < wanted)
            at = (at / tracing->memory.page_bytes + 1) * tracing->memory.page_bytes;
    }
}

static void scan_used(struct tmi_tracing *tracing, uintptr_t start, uintptr_t end,
                      bool around_blocks)
{
    uintptr_t stop;

    for (; tmi_memory_next_used(&tracing->memory, &start, &stop, end); start = stop)
        scan_copies(tracing, start, stop, around_blocks);
}

/*
 * Looks through a block. One with a whole page may have had its rights taken; what is smaller is
 * read where it stands, as every look at its zones does, unless another thread could free it.
 */
static void scan_block(struct tmi_tracing *tracing, uint32_t number)
{
    const struct tmi_census_block *block = &tracing->census->blocks[number];
    uintptr_t start = (block->start + sizeof(uintptr_t) - 1) & ~(sizeof(uintptr_t) - 1);
    uintptr_t end = block->start + block->size;
    uintptr_t page = tracing->memory.page_bytes;

    if (end < start + sizeof(uintptr_t))
        return;
    if (tracing->roots->threads->running == 0 && (start / page + 2) * page > end)
        scan_words(tracing, (const uintptr_t *)start, (end - start) / sizeof(uintptr_t));
    else if (block->size < SPARSE_BYTES)
        scan_copies(tracing, start, end, false);
    else
        scan_used(tracing, start, end, false);
}

static void scan_put_off(struct tmi_tracing *tracing)
{
    while (tracing->todo_count != 0)
        scan_block(tracing, tracing->todo[--tracing->todo_count]);
}

/*
 * Where memory begins that counts, in a mapping that a stack ends in: not below that end, if what
 * is there is surely that stack, since the thread's own record lies above, and a guard below.
 */
static uintptr_t without_dead_stack(const struct tmi_mapping *mapping, uintptr_t start,
                                    uintptr_t stack, uintptr_t pointer)
{
    bool dedicated = mapping->is_main_stack ||
                     (mapping->above_guard && pointer > stack && pointer < mapping->end);

    return dedicated && stack > start && stack < mapping->end ? stack : start;
}

static uintptr_t start_of(const struct tmi_tracing *tracing, const struct tmi_mapping *mapping)
{
    const struct tmi_tracing_roots *roots = tracing->roots;
    uintptr_t start = without_dead_stack(mapping, mapping->start, roots->stack,
                                         tmi_self_identity());

    for (size_t i = 0; i < roots->threads->entries; ++i) {
        const struct tmi_held_thread *thread = &roots->threads->list[i];

        if (thread->held)
            start = without_dead_stack(mapping, start, thread->stack - RED_ZONE_BYTES,
                                       thread->pointer);
    }
    return start;
}

/* All of a mapping but what is ours, and our frames on a stack that is not the main one. */
static void scan_mapping(const struct tmi_mapping *mapping, void *user)
{
    struct tmi_tracing *tracing = user;
    uintptr_t frames = (uintptr_t)TMI_FRAME() - BELOW_BYTES;
    uintptr_t start = start_of(tracing, mapping);
    size_t next = 0;

    while (start < mapping->end) {
        uintptr_t stop = mapping->end;
        uintptr_t behind = mapping->end;

        while (next < tracing->our_count &&
               tracing->ours[next].start + tracing->ours[next].bytes <= start)
            ++next;
        if (next < tracing->our_count && tracing->ours[next].start < stop) {
            stop = tracing->ours[next].start;
            behind = stop + tracing->ours[next].bytes;
        }
        if (frames < stop && tracing->roots->stack > start && frames < tracing->roots->stack) {
            stop = frames;
            behind = tracing->roots->stack;
        }
        if (start < stop)
            scan_used(tracing, start, stop, true);
        start = behind;
    }
}

/* A thread on a stack of ours (the one for faults): what it has there is the program's. */
static void scan_stack_of_ours(struct tmi_tracing *tracing, uintptr_t stack)
{
    for (size_t i = 0; i < tracing->our_count; ++i)
        if (stack - tracing->ours[i].start < tracing->ours[i].bytes)
            scan_copies(tracing, stack, tracing->ours[i].start + tracing->ours[i].bytes, false);
}

static void scan_registers(struct tmi_tracing *tracing)
{
    const struct tmi_tracing_roots *roots = tracing->roots;

    for (size_t i = 0; i < roots->threads->entries; ++i) {
        const struct tmi_held_thread *thread = &roots->threads->list[i];

        if (!thread->held)
            continue;
        scan_words(tracing, thread->words, thread->word_count);
        scan_stack_of_ours(tracing, thread->stack);
    }
    scan_stack_of_ours(tracing, roots->stack);
    scan_words(tracing, roots->words, roots->word_count);
}

static bool is_lost(const struct tmi_census_block *block)
{
    return (block->flags & (TMI_BLOCK_FREED | TMI_BLOCK_REACHED)) == 0;
}

/* Tells a block to be lost directly, and with it what can be reached from there. */
static void lose_with(struct tmi_tracing *tracing, uint32_t head)
{
    tracing->mode = WITH_HEAD;
    tracing->self = head;
    put_off(tracing, head, TMI_BLOCK_LOST);
    scan_put_off(tracing);
}

static void sort_out_lost(struct tmi_tracing *tracing)
{
    const struct tmi_census *census = tracing->census;

    tracing->mode = NOTE_POINTED;
    for (uint32_t i = 0; i < census->count; ++i) {
        tracing->self = i;
        if (is_lost(&census->blocks[i]))
            scan_block(tracing, i);
    }
    for (uint32_t i = 0; i < census->count; ++i)
        if (is_lost(&census->blocks[i]) && (census->blocks[i].flags & TMI_BLOCK_POINTED) == 0)
            lose_with(tracing, i);
    for (uint32_t i = 0; i < census->count; ++i) /* circles, and what hangs on them */
        if (is_lost(&census->blocks[i]) &&
            (census->blocks[i].flags & (TMI_BLOCK_LOST | TMI_BLOCK_LOST_TOO)) == 0)
            lose_with(tracing, i);
}

bool tmi_tracing_search(struct tmi_census *census, const struct tmi_tracing_roots *roots)
{
    /* What threads that run on move from behind our back to before it is seen the second time. */
    int passes = roots->threads->running != 0 ? 2 : 1;
    struct tmi_tracing *tracing = create(census, roots);
    bool listed = tracing != NULL;

    if (tracing == NULL)
        return false;
    tmi_memory_open(&tracing->memory);
    for (; listed && passes > 0; --passes) {
        tracing->mode = FROM_ROOTS;
        tracing->cursor = 0;
        listed = tmi_memory_visit(&tracing->memory, scan_mapping, tracing);
        scan_registers(tracing);
        scan_put_off(tracing);
    }
    if (listed)
        sort_out_lost(tracing);
    tmi_memory_close(&tracing->memory);
    tmi_lookup_finish(&tracing->lookup);
    tmi_own_unmap(tracing, tracing->pages_bytes);
    return listed;
}
