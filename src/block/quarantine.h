/*
 * block/quarantine.h: freed blocks that wait before their memory is used again, so that a write to
 * one is seen, and a second free names the first. Oldest out first; bounded in bytes over all
 * threads.
 *
 * A thread collects what it frees in a few slots of its own and moves them, a batch at a time, to
 * its queue; then, while all queues hold more than the bound, it puts the oldest of its own out, or
 * of another's if it has none. Each thread so holds up to 68 KiB beyond the bound. The queue of a
 * thread that ended waits for the next one that takes its place; others empty it if they must.
 */
#ifndef TMI_BLOCK_QUARANTINE_H
#define TMI_BLOCK_QUARANTINE_H

#include "block/graves.h"
#include "block/record.h"
#include "block/slabs.h"
#include "platform/platform.h"

#define TMI_QUARANTINE_BATCH  (TMI_SMALL ? 1u : 32u)
#define TMI_QUARANTINE_WAITS  65536u /* bytes of those that make a batch before it is full */
#define TMI_QUARANTINE_UNTOLD 4096u  /* at most, bytes that a thread counts for itself */

/* A ring of numbers of blocks (checked.h); its lock (rank "quarantine") guards all of it. */
struct tmi_queue {
    struct tmi_lock lock;
    uint32_t *ring;
    uint32_t capacity; /* a power of two, or 0 */
    uint32_t first;
    uint32_t count;
    size_t bytes;           /* of the blocks in it; atomic */
    size_t untold_bytes;    /* its thread's, of any queue: what is kept more than all know of */
    struct tmi_queue *next; /* of all; stored with release */
};

/* What a thread keeps for check mode. */
struct tmi_checked_nest {
    struct tmi_record_cache records;
    struct tmi_slab_nest slabs;
    uint32_t waiting_count;
    size_t waiting_bytes;
    uint32_t waiting[TMI_QUARANTINE_BATCH];
    struct tmi_queue queue;
    struct tmi_graves *graves;
    uint32_t stack; /* of the call that is under way, as of tmi_stack_take; 0: none was taken */
    const struct tmi_stack_own *own; /* where it stands if it is an own one */
};

/* The bound; 0: nothing is kept. May change at any time. */
void tmi_quarantine_set_bound(size_t bytes);

/* Makes a queue one of those that others may empty. It stays for ever. */
void tmi_quarantine_publish(struct tmi_queue *queue);

/* Blocks of more bytes than this are not kept. Atomic, relaxed. */
extern TMI_HIDDEN size_t tmi_quarantine_most;

/* The slow half of tmi_quarantine_push. */
void tmi_quarantine_push_apart(struct tmi_checked_nest *nest, uint32_t number, size_t bytes);

/* What waits goes to the thread's queue. */
void tmi_quarantine_flush(struct tmi_checked_nest *nest);

/* The thread ends; and in a fork's child, for a thread that is gone: what waits is let be. */
void tmi_quarantine_thread_ends(struct tmi_checked_nest *nest);
void tmi_quarantine_abandon(struct tmi_checked_nest *nest);

/* Bytes kept now, over all threads, but for what waits. */
size_t tmi_quarantine_bytes(void);

void tmi_quarantine_lock_for_fork(void);
void tmi_quarantine_unlock_after_fork(bool in_child);

/* Whether what waits is to be flushed. */
TMI_INLINE bool tmi_quarantine_is_full(const struct tmi_checked_nest *nest)
{
    return nest->waiting_count >= TMI_QUARANTINE_BATCH ||
           nest->waiting_bytes >= TMI_QUARANTINE_WAITS;
}

/* Takes in a block of at most tmi_quarantine_most bytes. True: it is full. */
TMI_INLINE bool tmi_quarantine_keep(struct tmi_checked_nest *nest, uint32_t number, size_t bytes)
{
    nest->waiting[nest->waiting_count++] = number;
    nest->waiting_bytes += bytes;
    return TMI_UNLIKELY(tmi_quarantine_is_full(nest));
}

/*
 * Takes in a block in state FREED, whose slot or span has so many bytes; if it is not kept, it
 * leaves at once (checked.h). nest may be NULL.
 */
TMI_INLINE void tmi_quarantine_push(struct tmi_checked_nest *nest, uint32_t number, size_t bytes)
{
    if (TMI_UNLIKELY(nest == NULL || bytes > tmi_load(&tmi_quarantine_most)))
        tmi_quarantine_push_apart(nest, number, bytes);
    else if (tmi_quarantine_keep(nest, number, bytes))
        tmi_quarantine_flush(nest);
}

#endif
