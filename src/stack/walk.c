/*
 * stack/walk.c: the frames of a thread, where they are not known (known.h).
 *
 * Following frame pointers costs a nanosecond or two a frame, but code may be compiled without
 * them, and then frames are left out, or the pointer is anything. So a return address is followed
 * only once the unwinder was seen to agree: that at this address the frame pointer leads to the
 * frame of the caller. That is a property of the code, and so holds for every further stack. An
 * address at which it does not is noted as well, and its stacks go to the unwinder.
 *
 * A walk that is not checked yet reads nothing but the thread's own stack, whatever it meets: each
 * frame lies above the last one and below the stack's end. Its result is looked up in the thread's
 * cache, and only if all of it equals a stack that was checked, that is its number. The key of the
 * cache is made of five of the frames and the place of one; the comparison is of all, so that a
 * collision costs time and never a wrong stack.
 *
 * The outermost frames are the C library's start, mostly without frame pointers: of at most three
 * such the innermost is kept, and the other two are left out, however the stack was taken.
 */
#include <string.h>

#include "base/atomic.h"
#include "platform/code.h"
#include "platform/platform.h"
#include "stack/known.h"
#include "stack/module.h"
#include "stack/unwind.h"

#define NOTES       8192u /* addresses of each kind that are noted; a power of two */
#define START_MOST  TMI_STACK_START_MOST
#define LOOKUP_MOST 1024u /* bounds that a thread looks up; it has too many stacks to go on */
#define WORD        sizeof(uintptr_t)

/* Words are stored and read whole; one that is overwritten is learned again. */
static struct notes {
    uint32_t
        epoch; /* stored with release, read with acquire: they are of modules that stand then */
    uintptr_t framed[NOTES];
    uintptr_t unframed[NOTES];
} * notes;

void tmi_stack_start(void *(*map)(size_t size))
{
    tmi_stack_module_start(map);
    tmi_stack_intern_start(map);
    tmi_unwind_prepare();
    tmi_unwind_quick_prepare();
    (void)tmi_stack_module_look();
    notes = map(sizeof *notes);
    tmi_known_start(map);
}

void tmi_stack_after_fork(void)
{
    tmi_unwind_quick_after_fork();
}

void tmi_stack_thread_ends(struct tmi_stack_thread *thread)
{
    memset(thread->bounds, 0, sizeof thread->bounds);
    tmi_trail_forget(&thread->trail);
    tmi_trail_leave(&thread->trail);
    thread->turn = 0;
}

static uintptr_t *note_of(uintptr_t *kind, uintptr_t pc)
{
    return &kind[(pc ^ pc >> 13) % NOTES];
}

static bool is_noted(uintptr_t *kind, uintptr_t pc)
{
    return tmi_load(note_of(kind, pc)) == pc;
}

/*
 * Whether the modules of all notes still stand. If not, all are forgotten. Who notes something has
 * it on its stack, so that it is gone only later.
 */
static bool notes_stand(void)
{
    uint32_t epoch = tmi_load_acquire(&notes->epoch);

    if (tmi_stack_module_is_present(epoch))
        return true;
    if (tmi_stack_module_look() == epoch)
        return tmi_stack_module_is_present(epoch);
    for (size_t i = 0; i < NOTES; ++i) {
        tmi_store(&notes->framed[i], 0);
        tmi_store(&notes->unframed[i], 0);
    }
    tmi_store_release(&notes->epoch, tmi_stack_module_epoch());
    return false;
}

/* A walk by frame pointers alone. */
struct walk {
    size_t count;
    uintptr_t fifth; /* where the fifth frame stands */
    bool broken;     /* it ended for want of a plausible frame */
};

TMI_READS_ANYTHING static struct walk follow(uintptr_t frame, uintptr_t end, uintptr_t last,
                                             uintptr_t *pcs, size_t most)
{
    struct walk walk = { 0, 0, false };

    for (;;) {
        const uintptr_t *record = (const uintptr_t *)frame;
        uintptr_t next = record[0];

        pcs[walk.count++] = TMI_WITHOUT_SIGNATURE(record[1]);
        if (walk.count == 5)
            walk.fifth = frame;
        if (frame == last || walk.count == most)
            return walk;
        if (next <= frame || next % WORD != 0 || next > end - 2 * WORD) {
            walk.broken = true;
            return walk;
        }
        frame = next;
    }
}

static uint32_t key_of(const struct walk *walk, const uintptr_t *pcs)
{
    uint64_t key = walk->count + walk->fifth;

    for (size_t i = 0; i < walk->count && i < 4; ++i)
        key = (key ^ pcs[i]) * 0x9e3779b97f4a7c15u;
    key = (key ^ pcs[walk->count - 1]) * 0x9e3779b97f4a7c15u;
    return (uint32_t)(key >> 32) | 1; /* 0: empty */
}

static TMI_NOINLINE struct tmi_stack_range *find_bounds(struct tmi_stack_thread *thread,
                                                        const void *frame)
{
    struct tmi_stack_bounds found;
    uint32_t turn;

    if (thread->turn >= LOOKUP_MOST || !tmi_platform_stack_bounds(frame, &found))
        return NULL;
    turn = thread->turn++ % TMI_STACK_BOUNDS;
    thread->bounds[turn].start = found.start;
    thread->bounds[turn].end = found.end;
    thread->bounds[turn].last = 0;
    return &thread->bounds[turn];
}

/* Whether every address but the last may be followed, so that the walk is the stack. */
static bool is_checked(const uintptr_t *pcs, size_t count)
{
    for (size_t i = 0; i + 1 < count; ++i)
        if (!is_noted(notes->framed, pcs[i]))
            return false;
    return true;
}

TMI_READS_ANYTHING static bool record_leads_to(uintptr_t frame, const struct tmi_unwound *caller)
{
    const uintptr_t *record = (const uintptr_t *)frame;

    return record[0] == caller->frame && TMI_WITHOUT_SIGNATURE(record[1]) == caller->pc;
}

/* Compares the unwinder's frames with what the frame pointers say of each. */
static void learn(const struct tmi_unwound *frames, size_t count, uintptr_t start, uintptr_t end)
{
    for (size_t i = 0; i + 1 < count; ++i) {
        uintptr_t frame = frames[i].frame;
        bool framed = frame > start && frame % WORD == 0 && frame <= end - 2 * WORD &&
                      record_leads_to(frame, &frames[i + 1]);

        tmi_store(note_of(framed ? notes->framed : notes->unframed, frames[i].pc), frames[i].pc);
    }
}

static bool keeps_frame(uintptr_t pc)
{
    enum tmi_framing framing = tmi_known_framing(pc);

    return framing == TMI_FRAMING_UNKNOWN ? is_noted(notes->framed, pc) : framing == TMI_FRAMED;
}

/* How many frames count, of a stack that is whole: see the top. */
static size_t without_start(const uintptr_t *pcs, size_t count)
{
    size_t last = count - 1;

    while (last > 0 && count - 1 - last < START_MOST && !keeps_frame(pcs[last - 1]))
        --last;
    return last + 1;
}

/* By the unwinder, which teaches where the thread's bounds are known; else they are NULL. */
static size_t unwind(const struct tmi_unwind_start *start, struct tmi_stack_range *bounds,
                     uintptr_t *pcs, size_t depth)
{
    struct tmi_unwound frames[TMI_STACK_MOST + START_MOST + 1];
    bool complete;
    size_t count = tmi_unwind(start, frames, depth + START_MOST + 1, &complete);

    for (size_t i = 0; i < count && i < TMI_STACK_MOST; ++i)
        pcs[i] = frames[i].pc;
    if (!TMI_FRAME_CHAIN || notes == NULL || count == 0)
        return count < depth ? count : depth;
    if (bounds != NULL)
        learn(frames, count, (uintptr_t)start->frame, bounds->end);
    if (complete) {
        uintptr_t all[TMI_STACK_MOST + START_MOST + 1];
        size_t kept;

        for (size_t i = 0; i < count; ++i)
            all[i] = frames[i].pc;
        kept = without_start(all, count);
        if (bounds != NULL && kept > 1 && keeps_frame(all[kept - 2]))
            bounds->last = frames[kept - 2].frame;
        else if (bounds != NULL && kept == 1)
            bounds->last = (uintptr_t)start->frame;
        count = kept;
    }
    return count < depth ? count : depth;
}

/* By the quick unwinder, where the slow one has nothing to teach any more. */
static size_t unwind_quickly(uintptr_t from, uintptr_t *pcs, size_t depth)
{
    uintptr_t all[TMI_STACK_MOST];
    size_t most = depth + START_MOST + 1;
    size_t count;

    if (most > TMI_STACK_MOST)
        return 0;
    count = tmi_unwind_quick(from, all, most);
    if (count != 0 && count < most)
        count = without_start(all, count);
    count = count < depth ? count : depth;
    memcpy(pcs, all, count * sizeof *pcs);
    return count;
}

/* Whether the first address that may not be followed is known for it. */
static bool is_known_unframed(const uintptr_t *pcs, size_t count)
{
    for (size_t i = 0; i < count; ++i)
        if (!is_noted(notes->framed, pcs[i]))
            return is_noted(notes->unframed, pcs[i]);
    return false;
}

/* Whether the walk is the stack. *id: its number. */
static bool is_walked(struct tmi_stack_thread *thread, const struct walk *walk,
                      const uintptr_t *pcs, uint32_t *id)
{
    uint32_t key = key_of(walk, pcs);
    uint32_t place = key / 2 % TMI_STACK_CACHE;
    bool passing;

    if (walk->broken)
        return false;
    if (thread->cache[place].key == key &&
        tmi_stack_is(thread->cache[place].id, pcs, walk->count) &&
        (!thread->cache[place].passing || notes_stand())) {
        *id = thread->cache[place].id;
        return true;
    }
    if (!is_checked(pcs, walk->count))
        return false;
    passing = tmi_stack_module_passes(pcs, walk->count);
    if (passing && !notes_stand())
        return false;
    *id = tmi_stack_intern_present(pcs, walk->count);
    if (*id != 0) {
        thread->cache[place].id = *id;
        thread->cache[place].passing = passing;
        thread->cache[place].key = key;
    }
    return true;
}

/* The stack from a frame on; bounds: NULL if they are not known. */
static uint32_t walk_from(struct tmi_stack_thread *thread, struct tmi_stack_range *bounds,
                          const void *frame, size_t depth, bool lasting)
{
    const struct tmi_unwind_start start = { .frame = frame };
    uintptr_t pcs[TMI_STACK_MOST];
    struct walk walk;
    size_t count = 0;
    uint32_t id;

    if (bounds == NULL)
        return tmi_stack_intern(pcs, unwind(&start, NULL, pcs, depth));
    if (tmi_known_walk(thread, frame, bounds, depth, lasting, &id))
        return id;
    walk = follow((uintptr_t)frame, bounds->end, bounds->last, pcs, depth);
    if (is_walked(thread, &walk, pcs, &id))
        return id;
    if (is_known_unframed(pcs, walk.count))
        count = unwind_quickly(pcs[0], pcs, depth);
    if (count == 0)
        count = unwind(&start, bounds, pcs, depth);
    return tmi_stack_intern(pcs, count);
}

/* The same where no bounds were found before. */
static uint32_t take_elsewhere(struct tmi_stack_thread *thread, const void *frame, size_t depth,
                               bool lasting)
{
    struct tmi_stack_range *bounds = NULL;
    uint32_t id = 0;

    if (TMI_FRAME_CHAIN && thread != NULL && notes != NULL)
        bounds = find_bounds(thread, frame);
    if (bounds != NULL)
        id = tmi_known_again(thread, frame, bounds->end, depth);
    return id != 0 ? id : walk_from(thread, bounds, frame, depth, lasting);
}

uint32_t tmi_stack_take_anew(struct tmi_stack_thread *thread, struct tmi_stack_range *bounds,
                             const void *frame, size_t depth)
{
    return bounds != NULL ? walk_from(thread, bounds, frame, depth, false)
                          : take_elsewhere(thread, frame, depth, false);
}

uint32_t tmi_stack_here(struct tmi_stack_thread *thread, const void *frame, size_t depth)
{
    struct tmi_stack_range *bounds = thread != NULL ? tmi_stack_bounds(thread, frame) : NULL;
    uint32_t id = 0;

    if (bounds == NULL)
        return take_elsewhere(thread, frame, depth, true);
    id = tmi_known_again(thread, frame, bounds->end, depth);
    return id != 0 ? id : walk_from(thread, bounds, frame, depth, true);
}

/* Where the unwinder finds no way: a jump into nowhere, whose caller is on top of the stack. */
static size_t follow_from_fault(const struct tmi_stack_registers *registers, uintptr_t *frames,
                                size_t depth)
{
    uintptr_t frame = registers->frame;
    uintptr_t record[2];
    size_t count = 0;

    frames[count++] = registers->pc + 1;
    if (tmi_stack_module_at(registers->pc + 1) == NULL && count < depth) {
        uintptr_t caller = registers->link;

        if (caller == 0 && tmi_platform_readable((const void *)registers->stack, WORD))
            memcpy(&caller, (const void *)registers->stack, sizeof caller);
        if (tmi_stack_module_at(caller) != NULL)
            frames[count++] = caller;
    }
    while (TMI_FRAME_CHAIN && count < depth && frame % WORD == 0 &&
           tmi_platform_readable((const void *)frame, sizeof record)) {
        memcpy(record, (const void *)frame, sizeof record);
        record[1] = TMI_WITHOUT_SIGNATURE(record[1]);
        if (tmi_stack_module_at(record[1]) == NULL)
            break;
        frames[count++] = record[1];
        if (record[0] <= frame)
            break;
        frame = record[0];
    }
    return count;
}

size_t tmi_stack_at(const struct tmi_stack_registers *registers, uintptr_t *frames, size_t depth)
{
    const struct tmi_unwind_start start = { .pc = registers->pc };
    size_t count;

    depth = depth < TMI_STACK_MOST ? depth : TMI_STACK_MOST;
    if (depth == 0)
        return 0;
    count = unwind(&start, NULL, frames, depth);
    return count > 1 ? count : follow_from_fault(registers, frames, depth);
}
