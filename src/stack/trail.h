/*
 * stack/trail.h: the way out of a stack, step by step, and what a thread remembers of it. For
 * stack/ on x86-64 alone.
 *
 * Which frames stand on a stack depends on where the first one is and on some words of the stack,
 * and on nothing else: each step outwards goes by the rule of a return address (rules.h), which
 * counts from the end of the last frame or from a frame pointer that was saved there, and reads
 * the next return address. So from a step that ended where one of an earlier walk did, with the
 * frame pointer saved where it was, a walk goes on as that one did for as long as the words that
 * it read are what they were. The last walk is kept, with the number of each address; the next one
 * goes its own steps to where they meet, and of the rest it only looks at those words: two loads a
 * frame, none of which waits for another, and exact, since all else is code.
 *
 *     steps:   | ... | innermost | its caller | ... | outermost | ... |
 *                    first                                      end
 *
 * Code does not change below a rule, but for modules that come and go: a walk with a frame in one
 * that may go counts only while the loader says that none went (rules.h).
 *
 * A trail is one thread's. While it is changed it is busy, so that a signal's handler leaves it
 * alone; one that was left so by a jump out of a handler is free again further out.
 */
#ifndef TMI_STACK_TRAIL_H
#define TMI_STACK_TRAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/atomic.h"
#include "base/compiler.h"

#define TMI_TRAIL_WALK    (64u + 1) /* steps of one walk at most: TMI_STACK_MOST and one */
#define TMI_TRAIL_FURTHER 16u       /* beyond those asked for: the next walk may need them */
#define TMI_TRAIL_STEPS   192u
#define TMI_STEP_RULE     0xffffffu /* the bits of a rule below its tag */
#define TMI_TRAIL_KEPT    96u       /* of those, when room is made */

/* Where a stack is. */
struct tmi_stack_range {
    uintptr_t start;
    uintptr_t end;
    uintptr_t last; /* the frame whose caller is the outermost that counts; 0: not known */
};

struct tmi_step {
    const uintptr_t *edge;  /* the end of the last frame, below which the return address stands */
    const uintptr_t *saved; /* where the frame pointer was saved last */
    uintptr_t pc;           /* the return address */
    uintptr_t value;        /* the frame pointer that was saved, if the step goes by it */
    uint32_t rule;          /* of rules.h, without its tag */
    uint32_t number;        /* of the address: intern.c; 0: there was no room for it */
};

/* Zeroed for a new thread. */
struct tmi_trail {
    uint32_t first; /* of steps; first == end: none */
    uint32_t end;
    uint32_t epoch;      /* of the rules */
    bool passing;        /* some code of its steps may be unloaded */
    bool wide;           /* some of their numbers have more than 16 bits, or are 0 */
    uintptr_t stack_end; /* of the stack that it leads out of */
    uintptr_t busy;      /* the frame where the walk that changes it began; 0: none; atomic */
    struct tmi_step steps[TMI_TRAIL_STEPS];
    struct tmi_step fresh[TMI_TRAIL_WALK + TMI_TRAIL_FURTHER]; /* of the walk under way */
};

/*
 * Walks from a frame (as of tmi_stack_here) that lies in that stack, at most `most` steps. The walk
 * is steps[first] and so on; returns how many steps it has, fewer than `most` only if the last has
 * TMI_RULE_END. 0: there is no rule for some frame, or the trail is another walk's. Unless it is 0
 * the trail is busy until tmi_trail_leave.
 */
size_t tmi_trail_walk(struct tmi_trail *trail, const uintptr_t *frame,
                      const struct tmi_stack_range *stack, size_t most);

TMI_INLINE void tmi_trail_leave(struct tmi_trail *trail)
{
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    tmi_store(&trail->busy, 0);
}

TMI_INLINE void tmi_trail_forget(struct tmi_trail *trail)
{
    trail->first = trail->end = 0;
    trail->passing = false;
    trail->wide = false;
}

#endif
