/*
 * stack/stack.h: stacks of return addresses: taken, told apart by number, kept for ever, but for
 * those that their takers keep.
 *
 * A stack that was taken at the same place before is known again by its words (known.h). Else it
 * is walked by the rules of its return addresses (trail.h); where there are none it is taken with
 * the frame pointers where every function on it is known to keep them, else with an unwinder
 * (walk.c says how the two are made to agree). Equal stacks get one number (intern.c); which module
 * an address belonged to is noted when a stack is new, so that it survives the module (module.c).
 * An address is a return address: the call is the instruction before it. The one exception, where a
 * signal struck, is kept plus 1, so that the same holds.
 */
#ifndef TMI_STACK_STACK_H
#define TMI_STACK_STACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/atomic.h"
#include "base/compiler.h"
#include "stack/trail.h"

#define TMI_STACK_MOST 64u /* frames of one stack */

/*
 * Readies what follows; once, before any other call here, with no lock held: unwinders allocate
 * on their first use. Once more in a fork's child whose parent had not come to the end of it.
 *   map  gives zeroed memory that is never given back, or NULL; called later, too, by any thread
 */
void tmi_stack_start(void *(*map)(size_t size));

/* In a fork's child: what other threads may have held is left alone from now on. */
void tmi_stack_after_fork(void);

/* A stack that is known again by its words (known.h); of three cache lines mostly two are used. */
#define TMI_KNOWN_SETS  128u
#define TMI_KNOWN_WAYS  4u
#define TMI_KNOWN_STEPS 10u
struct tmi_known {
    uintptr_t frame; /* where it begins; 0: none */
    uint32_t id;
    uint32_t epoch;
    uint16_t reach; /* words from the frame on in which all places are */
    uint16_t depth;
    uint16_t count; /* of steps */
    uint16_t passing;
    struct tmi_known_step {
        uint64_t sum;       /* of the four words that stand there */
        uint16_t places[4]; /* in words from the frame on */
    } steps[TMI_KNOWN_STEPS];
} TMI_ALIGNED(64);

#define TMI_STACK_CACHE  512u
#define TMI_STACK_BOUNDS 2u

/* A stack that is handed out: tmi_stack_take. */
struct tmi_stack_own {
    uint32_t turn; /* which one it is; atomic, for handlers of the thread's signals */
    uint32_t most; /* frames that were asked for */
    uint32_t count;
    union { /* the numbers of its addresses (intern.c), the innermost first, and zeros behind */
        uint16_t addresses[TMI_STACK_MOST + 4];
        uint64_t words[TMI_STACK_MOST / 4 + 1];
    };
};

#define TMI_STACK_SEEN 4096u /* a power of two */
#define TMI_STACK_RARE 2u    /* a stack that was seen so often before is kept; at most 3 */

/*
 * What a thread keeps to be quick; zeroed for a new thread (a record that another had as well).
 */
struct tmi_stack_thread {
    struct tmi_known known[TMI_KNOWN_SETS * TMI_KNOWN_WAYS]; /* first, to start at a cache line */
    struct tmi_trail trail;
    struct tmi_stack_own own;
    uint32_t seen[TMI_STACK_SEEN]; /* hashes of stacks, with how often below */
    struct tmi_stack_range bounds[TMI_STACK_BOUNDS];
    uint32_t turn;         /* which bounds are to be replaced next */
    uint32_t turn_known;   /* which of a set of the known */
    uint32_t own_in_a_row; /* stacks that were walked, and not kept */
    struct {
        uint32_t key;
        uint32_t id;
        bool passing; /* some code of it may be unloaded */
    } cache[TMI_STACK_CACHE];
};

/* Before another thread takes it: what is known stays, but not where the stack ends. */
void tmi_stack_thread_ends(struct tmi_stack_thread *thread);

/*
 * The number of the calling thread's stack, from the caller of the function whose TMI_FRAME() this
 * is, at most depth frames (1 to TMI_STACK_MOST). 0: none could be kept, and that is counted.
 * thread may be NULL. Takes no lock of ours; safe in a signal handler where the unwinder is
 * (walk.c), except on another thread's record.
 */
uint32_t tmi_stack_here(struct tmi_stack_thread *thread, const void *frame, size_t depth);

/*
 * The same for who keeps stacks itself. Where there are many, one that was not seen often of late
 * is not kept here: it is left in thread->own until the thread takes its next such one, and its id
 * is TMI_STACK_OWN with the turn.
 */
#define TMI_STACK_OWN 0x80000000u
TMI_INLINE uint32_t tmi_stack_take(struct tmi_stack_thread *thread, const void *frame,
                                   size_t depth);

TMI_INLINE bool tmi_stack_is_own(uint32_t id)
{
    return (id & TMI_STACK_OWN) != 0;
}

/* Whether it is still that one; to be asked after reading, since a handler of signals allocates. */
TMI_INLINE bool tmi_stack_own_stands(const struct tmi_stack_own *own, uint32_t id)
{
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    return (tmi_load(&own->turn) | TMI_STACK_OWN) == id;
}

/* The number of an own stack, which is kept from now on. 0: as above, or it stands no more. */
uint32_t tmi_stack_keep_own(const struct tmi_stack_own *own, uint32_t id);

/* The same by its addresses, up to a 0. */
uint32_t tmi_stack_intern_own(const uint16_t *addresses);

/*
 * Its parts. The number of a stack that is known again (known.h), else 0; the frame lies in the
 * stack that ends at `end`. And one that is not: bounds may be NULL, as thread may.
 */
uint32_t tmi_known_again(struct tmi_stack_thread *thread, const uintptr_t *frame, uintptr_t end,
                         size_t depth);
uint32_t tmi_stack_take_anew(struct tmi_stack_thread *thread, struct tmi_stack_range *bounds,
                             const void *frame, size_t depth);

/* Whether it hardly pays to look, since none was known of late; of eight one is looked for. */
TMI_INLINE bool tmi_known_hardly(const struct tmi_stack_thread *thread)
{
    return thread->own_in_a_row >= 64 && thread->own_in_a_row % 8 != 0;
}

/* The bounds of the stack that a frame lies in, if they were found before; else NULL. */
TMI_INLINE struct tmi_stack_range *tmi_stack_bounds(struct tmi_stack_thread *thread,
                                                    const void *frame)
{
    for (size_t i = 0; i < TMI_STACK_BOUNDS; ++i)
        if (TMI_LIKELY((uintptr_t)frame - thread->bounds[i].start <
                       thread->bounds[i].end - thread->bounds[i].start))
            return &thread->bounds[i];
    return NULL;
}

TMI_INLINE uint32_t tmi_stack_take(struct tmi_stack_thread *thread, const void *frame, size_t depth)
{
    struct tmi_stack_range *bounds = thread != NULL ? tmi_stack_bounds(thread, frame) : NULL;
    uint32_t id = 0;

    if (TMI_LIKELY(bounds != NULL) && !tmi_known_hardly(thread))
        id = tmi_known_again(thread, frame, bounds->end, depth);
    return TMI_LIKELY(id != 0) ? id : tmi_stack_take_anew(thread, bounds, frame, depth);
}

/*
 * The stack at which a signal struck, called in its handler: registers as the system gives them.
 * Slow; reads no memory that it did not ask for. Returns the count, the innermost frame first,
 * whose pc is kept plus 1.
 */
struct tmi_stack_registers {
    uintptr_t pc;
    uintptr_t stack;
    uintptr_t frame; /* the frame pointer */
    uintptr_t link;  /* the register with the return address; 0 where it stands on the stack */
};
size_t tmi_stack_at(const struct tmi_stack_registers *registers, uintptr_t *frames, size_t depth);

/* Interns frames that somebody else took; 0 as above. */
uint32_t tmi_stack_intern(const uintptr_t *frames, size_t count);

/*
 * What a number stands for. The same address in another epoch (of the modules: module.c) may be of
 * another module.
 */
struct tmi_stack {
    uint32_t count;
    uint32_t epochs[TMI_STACK_MOST];
    uintptr_t frames[TMI_STACK_MOST];
};

/* False, and no frames: for 0 and what is no number of a stack. */
bool tmi_stack_read(uint32_t id, struct tmi_stack *stack);

/*
 * A module that was loaded once; lives as long as the process. An address in its file is the
 * address less base.
 */
struct tmi_stack_module {
    uintptr_t start;
    uintptr_t end;
    uintptr_t base;
    const char *path;
    uint8_t build_id[20];
    uint32_t build_id_size;
    bool lasting; /* it will not be unloaded */
    uint32_t first_epoch;
    uint32_t last_epoch; /* atomic; UINT32_MAX while it is loaded */
};

/* The module of a stack's frame; NULL if it lies in none (code made at run time, say). */
const struct tmi_stack_module *tmi_stack_module_of(const struct tmi_stack *stack, uint32_t number);

/* The module of an address now. */
const struct tmi_stack_module *tmi_stack_module_at(uintptr_t frame);

/* How many stacks could not be kept for want of memory, and how many bytes all take. */
struct tmi_stack_stats {
    uintptr_t lost;
    size_t bytes;
};
struct tmi_stack_stats tmi_stack_stats(void);

#endif
