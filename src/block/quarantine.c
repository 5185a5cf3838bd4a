/*
 * block/quarantine.c: see quarantine.h. No block is looked at, given back or reported with a lock
 * held.
 */
#include "block/quarantine.h"

#include <string.h>

#include "account/own.h"
#include "block/checked.h"

#define FIRST_CAPACITY 1024u

size_t tmi_quarantine_most;

static struct {
    size_t bound;              /* atomic */
    size_t bytes;              /* atomic: in all queues, less what threads have yet to tell */
    struct tmi_queue *queues;  /* pushed with release, read with acquire */
    struct tmi_queue *locked;  /* the first of those that a fork holds */
    struct tmi_queue homeless; /* of threads without a record */
} quarantine;

void tmi_quarantine_set_bound(size_t bytes)
{
    tmi_store(&quarantine.bound, bytes);
    tmi_store(&tmi_quarantine_most, bytes / 4);
}

size_t tmi_quarantine_bytes(void)
{
    size_t bytes = tmi_load(&quarantine.homeless.bytes);

    for (struct tmi_queue *queue = tmi_load_acquire(&quarantine.queues); queue != NULL;
         queue = tmi_load_acquire(&queue->next))
        bytes += tmi_load(&queue->bytes);
    return bytes;
}

void tmi_quarantine_publish(struct tmi_queue *queue)
{
    tmi_push(&quarantine.queues, queue);
}

/* The lock is held. */
static bool grow(struct tmi_queue *queue)
{
    uint32_t capacity = queue->capacity == 0 ? FIRST_CAPACITY : 2 * queue->capacity;
    uint32_t *ring = tmi_own_map(capacity * sizeof *ring);

    if (ring == NULL)
        return false;
    for (uint32_t i = 0; i < queue->count; ++i)
        ring[i] = queue->ring[(queue->first + i) & (queue->capacity - 1)];
    tmi_own_unmap(queue->ring, queue->capacity * sizeof *ring);
    queue->ring = ring;
    queue->capacity = capacity;
    queue->first = 0;
    return true;
}

/*
 * Adds to the bytes in all queues, or subtracts. What a thread has yet to tell is never less than
 * nothing, so that what all see is never more than there is; while what it puts in and takes out is
 * small, it seldom writes to what all read. nest may be NULL.
 */
static void count_bytes(struct tmi_checked_nest *nest, size_t bytes)
{
    size_t untold = bytes + (nest != NULL ? nest->queue.untold_bytes : 0);
    size_t kept = untold <= TMI_QUARANTINE_UNTOLD ? untold
                  : untold > SIZE_MAX / 2         ? 0
                                                  : TMI_QUARANTINE_UNTOLD;

    if (nest == NULL)
        kept = 0;
    if (kept != untold)
        (void)tmi_add(&quarantine.bytes, untold - kept);
    if (nest != NULL)
        nest->queue.untold_bytes = kept;
}

TMI_INLINE size_t bytes_of(uint32_t number)
{
    return TMI_LIKELY(tmi_is_slot(number)) ? tmi_slab_of(number)->pitch : tmi_checked_bytes(number);
}

/* Appends blocks of so many bytes, as many as there is memory for; returns how many. */
static uint32_t append(struct tmi_queue *queue, const uint32_t *numbers, uint32_t wanted,
                       size_t bytes)
{
    uint32_t count = wanted;
    uint32_t at;
    uint32_t straight;

    tmi_platform_lock(&queue->lock);
    if (queue->capacity - queue->count < count && !grow(queue))
        count = queue->capacity - queue->count;
    at = (queue->first + queue->count) & (queue->capacity - 1);
    straight = queue->capacity - at < count ? queue->capacity - at : count;
    if (count != 0) {
        memcpy(queue->ring + at, numbers, straight * sizeof *numbers);
        memcpy(queue->ring, numbers + straight, (count - straight) * sizeof *numbers);
    }
    queue->count += count;
    for (uint32_t i = count; i < wanted; ++i)
        bytes -= bytes_of(numbers[i]);
    tmi_store(&queue->bytes, queue->bytes + bytes);
    tmi_platform_unlock(&queue->lock);
    return count;
}

/*
 * Takes the oldest out, at most a batch and until so many bytes are had, *taken; returns how many.
 */
static uint32_t take_oldest(struct tmi_queue *queue, size_t bytes, uint32_t *numbers, size_t *taken)
{
    uint32_t had = 0;

    *taken = 0;
    tmi_platform_lock(&queue->lock);
    while (had < queue->count && had < TMI_QUARANTINE_BATCH && *taken < bytes) {
        numbers[had] = queue->ring[(queue->first + had) & (queue->capacity - 1)];
        *taken += bytes_of(numbers[had++]);
    }
    queue->first += had;
    queue->count -= had;
    tmi_store(&queue->bytes, queue->bytes - *taken);
    tmi_platform_unlock(&queue->lock);
    return had;
}

/* Takes from one queue until the bound holds; false: it is empty before that. */
static bool shrink_by(struct tmi_checked_nest *nest, struct tmi_queue *queue)
{
    for (;;) {
        size_t bound = tmi_load(&quarantine.bound);
        size_t bytes = tmi_load(&quarantine.bytes) + (nest != NULL ? nest->queue.untold_bytes : 0);
        uint32_t numbers[TMI_QUARANTINE_BATCH];
        uint32_t had;
        size_t taken;

        if (bytes <= bound || bytes > SIZE_MAX / 2) /* what others put in is yet to be told */
            return true;
        had = take_oldest(queue, bytes - bound, numbers, &taken);
        if (had == 0)
            return false;
        count_bytes(nest, (size_t)0 - taken);
        tmi_checked_leave(nest, numbers, had);
    }
}

/* Makes all queues hold no more than the bound. */
static void shrink(struct tmi_checked_nest *nest, struct tmi_queue *own)
{
    struct tmi_queue *queue = tmi_load_acquire(&quarantine.queues);

    if (shrink_by(nest, own))
        return;
    while (queue != NULL && !shrink_by(nest, queue))
        queue = tmi_load_acquire(&queue->next);
    if (queue == NULL)
        (void)shrink_by(nest, &quarantine.homeless);
}

static void move_to_queue(struct tmi_checked_nest *nest, struct tmi_queue *queue,
                          const uint32_t *numbers, uint32_t had, size_t bytes)
{
    uint32_t done;

    count_bytes(nest, bytes);
    done = append(queue, numbers, had, bytes);
    for (uint32_t i = done; i < had; ++i) { /* no memory for the queue */
        count_bytes(nest, (size_t)0 - bytes_of(numbers[i]));
        tmi_checked_leave(nest, &numbers[i], 1);
    }
    shrink(nest, queue);
}

/* What waits is copied first: a report, and so a handler that frees, may come of it. */
void tmi_quarantine_flush(struct tmi_checked_nest *nest)
{
    uint32_t numbers[TMI_QUARANTINE_BATCH];
    uint32_t had = nest->waiting_count;
    size_t bytes = nest->waiting_bytes;

    memcpy(numbers, nest->waiting, had * sizeof *numbers);
    nest->waiting_count = 0;
    nest->waiting_bytes = 0;
    move_to_queue(nest, &nest->queue, numbers, had, bytes);
}

void tmi_quarantine_thread_ends(struct tmi_checked_nest *nest)
{
    tmi_quarantine_flush(nest);
    (void)tmi_add(&quarantine.bytes, nest->queue.untold_bytes);
    nest->queue.untold_bytes = 0;
}

void tmi_quarantine_abandon(struct tmi_checked_nest *nest)
{
    nest->waiting_count = 0;
    nest->waiting_bytes = 0;
}

void tmi_quarantine_push_apart(struct tmi_checked_nest *nest, uint32_t number, size_t bytes)
{
    if (bytes <= tmi_load(&tmi_quarantine_most)) {
        move_to_queue(nest, &quarantine.homeless, &number, 1, bytes);
        return;
    }
    tmi_checked_leave(nest, &number, 1);
    if (nest != NULL)
        tmi_quarantine_flush(nest); /* the bound may be new */
    else
        shrink(nest, &quarantine.homeless);
}

void tmi_quarantine_lock_for_fork(void)
{
    quarantine.locked = tmi_load_acquire(&quarantine.queues);
    for (struct tmi_queue *queue = quarantine.locked; queue != NULL; queue = queue->next)
        tmi_platform_lock(&queue->lock);
    tmi_platform_lock(&quarantine.homeless.lock);
}

/* In a child: what other threads were about to put in or take out is let be. */
static void settle(void)
{
    quarantine.bytes = quarantine.homeless.bytes;
    for (struct tmi_queue *queue = quarantine.queues; queue != quarantine.locked;
         queue = queue->next) /* made since: it may be in the midst of anything */
        *queue = (struct tmi_queue){ .next = queue->next };
    for (struct tmi_queue *queue = quarantine.locked; queue != NULL; queue = queue->next) {
        queue->lock = (struct tmi_lock){ 0 };
        queue->untold_bytes = 0;
        quarantine.bytes += queue->bytes;
    }
}

void tmi_quarantine_unlock_after_fork(bool in_child)
{
    tmi_platform_unlock(&quarantine.homeless.lock);
    if (in_child) {
        settle();
        return;
    }
    for (struct tmi_queue *queue = quarantine.locked; queue != NULL; queue = queue->next)
        tmi_platform_unlock(&queue->lock);
}
