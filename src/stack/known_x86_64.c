/*
 * stack/known_x86_64.c: see known.h.
 *
 * Which frames stand on a stack depends on where the first one is and on some words of the stack,
 * and on nothing else: each step outwards goes by the rule of a return address (rules.h), which
 * counts from the end of the last frame or from a frame pointer that was saved there, and reads
 * the next return address. So a thread keeps, with the number of a stack, where it began, and the
 * place and value of each word that a step needed. While those words are what they were, a walk
 * from the same place goes the same way, whatever else changed: that is known without walking, by
 * as many loads as there are frames, none of which waits for another.
 *
 * Words that a step needed are: all return addresses, and a saved frame pointer if a frame further
 * out counts from it. A stack is cut off after `depth` frames, but the walk goes on for one more:
 * whether the outermost frames are left out (walk.c) must not depend on a word that is not kept.
 * Code does not change below a rule, but for modules that come and go: a stack with a frame in one
 * that may go is known only while the loader says that none went.
 *
 * Each entry is one thread's. A signal's handler that meets an entry which the code below it was
 * about to write finds it marked, and leaves it alone.
 */
#include "base/atomic.h"
#include "stack/known.h"
#include "stack/module.h"
#include "stack/rules.h"

#define WORD sizeof(uintptr_t)

#define BEING_WRITTEN 1u /* no key: those are of aligned frames */

struct walk {
    size_t count; /* of pcs */
    uintptr_t pcs[TMI_STACK_MOST + 1];
    uint64_t rules[TMI_STACK_MOST + 1];
    size_t words; /* that were needed; more than there is room for are counted, too */
    const uintptr_t *places[TMI_KNOWN_WORDS];
    bool passing; /* some code may be unloaded */
    bool complete;
};

void tmi_known_start(void *(*map)(size_t size))
{
    tmi_rules_start(map);
}

/* One that is usable, or 0 or one that is not. */
TMI_INLINE uint64_t rule_of(uintptr_t pc)
{
    uint64_t mixed = pc ^ pc >> 12;
    const uint64_t *set = &tmi_rules[mixed % TMI_RULE_SETS * TMI_RULE_WAYS];

    if (pc >> TMI_ADDRESS_BITS != 0)
        return 0;
    for (size_t i = 0; i < TMI_RULE_WAYS; ++i) {
        uint64_t rule = tmi_load(&set[i]);

        if (rule >> TMI_RULE_TAG_BIT == mixed / TMI_RULE_SETS)
            return rule;
    }
    return tmi_rule_learn(pc);
}

enum tmi_framing tmi_known_framing(uintptr_t pc)
{
    uint64_t rule = tmi_rules != NULL ? rule_of(pc) : 0;

    return (rule & TMI_RULE_USABLE) == 0 ? TMI_FRAMING_UNKNOWN
           : tmi_rule_is_framed(rule)    ? TMI_FRAMED
                                         : TMI_UNFRAMED;
}

TMI_INLINE void need(struct walk *walk, const uintptr_t *place)
{
    if (walk->words < TMI_KNOWN_WORDS)
        walk->places[walk->words] = place;
    ++walk->words;
}

/* False: a rule is missing, or leads out of the stack. */
TMI_READS_ANYTHING static bool step_out(const uintptr_t *frame, uintptr_t end, size_t most,
                                        struct walk *walk)
{
    const uintptr_t *edge = frame + 2; /* the end of the last frame */
    const uintptr_t *saved = frame;    /* where the frame pointer was saved last */
    const uintptr_t *needed = NULL;    /* the last such place that was needed */

    for (;;) {
        uint64_t rule = rule_of(edge[-1]);
        size_t place = rule >> TMI_RULE_PLACE_BIT & TMI_RULE_PLACE_MOST;
        uintptr_t next = (uintptr_t)edge;

        if ((rule & TMI_RULE_USABLE) == 0)
            return false;
        need(walk, edge - 1);
        walk->pcs[walk->count] = edge[-1];
        walk->rules[walk->count++] = rule;
        walk->passing |= (rule & TMI_RULE_PASSING) != 0;
        walk->complete = (rule & TMI_RULE_END) != 0;
        if (walk->complete || walk->count == most)
            return true;
        if ((rule & TMI_RULE_BY_FRAME) != 0) {
            next = *saved;
            if (needed != saved)
                need(walk, saved);
            needed = saved;
        }
        next += (rule & TMI_RULE_SIZE_MOST) * WORD;
        if (next <= (uintptr_t)edge || next > end || next % WORD != 0)
            return false;
        edge = (const uintptr_t *)next;
        if (place != 0)
            saved = edge - place;
        if (saved < frame)
            return false;
    }
}

/* How many of the frames count: see walk.c. */
static size_t without_start(const struct walk *walk)
{
    size_t last = walk->count - 1;

    while (walk->complete && last > 0 && walk->count - 1 - last < TMI_STACK_START_MOST &&
           !tmi_rule_is_framed(walk->rules[last - 1]))
        --last;
    return last + 1;
}

TMI_INLINE struct tmi_known *set_of(struct tmi_stack_thread *thread, uintptr_t frame, uintptr_t pc)
{
    uint64_t mixed = (frame + pc) * 0x9e3779b97f4a7c15u;

    return &thread->known[(mixed >> 32) % TMI_KNOWN_SETS * TMI_KNOWN_WAYS];
}

#define CHANGED(i) (frame[known->places[i]] ^ known->values[i])

/* The one way that is quick. */
TMI_READS_ANYTHING uint32_t tmi_known_again(struct tmi_stack_thread *thread, const uintptr_t *frame,
                                            uintptr_t end, size_t depth)
{
    const struct tmi_known *known = set_of(thread, (uintptr_t)frame, frame[1]);

    for (size_t way = 0; way < TMI_KNOWN_WAYS; ++way, ++known) {
        size_t i = 0;

        if (tmi_load(&known->frame) != (uintptr_t)frame || known->depth != depth ||
            known->reach > (end - (uintptr_t)frame) / WORD)
            continue;
        while (i < known->words &&
               (CHANGED(i) | CHANGED(i + 1) | CHANGED(i + 2) | CHANGED(i + 3)) == 0)
            i += TMI_KNOWN_STEP;
        if (i >= known->words && (!known->passing || tmi_rules_stand(known->epoch)))
            return known->id;
    }
    return 0;
}

_Static_assert(TMI_KNOWN_STEP == 4 && TMI_KNOWN_WORDS % TMI_KNOWN_STEP == 0, "as above");

TMI_READS_ANYTHING static void fill(struct tmi_known *known, const uintptr_t *frame,
                                    const struct walk *walk)
{
    size_t reach = 0;

    for (size_t i = 0; i < walk->words; ++i) {
        size_t place = (size_t)(walk->places[i] - frame);

        known->places[i] = (uint16_t)place;
        known->values[i] = *walk->places[i];
        reach = place >= reach ? place + 1 : reach;
    }
    known->words = (uint16_t)walk->words;
    for (size_t i = walk->words; i % TMI_KNOWN_STEP != 0; ++i) {
        known->places[i] = known->places[0];
        known->values[i] = known->values[0];
    }
    known->reach = (uint16_t)reach;
}

static void keep(struct tmi_stack_thread *thread, const uintptr_t *frame, size_t depth,
                 const struct walk *walk, uint32_t epoch, uint32_t id)
{
    struct tmi_known *set = set_of(thread, (uintptr_t)frame, walk->pcs[0]);
    struct tmi_known *known = &set[thread->turn_known++ % TMI_KNOWN_WAYS];

    for (size_t i = 0; i < walk->words && i < TMI_KNOWN_WORDS; ++i)
        if (walk->places[i] - frame >= UINT16_MAX)
            return;
    if (walk->words > TMI_KNOWN_WORDS || tmi_load(&known->frame) == BEING_WRITTEN)
        return;
    tmi_store(&known->frame, BEING_WRITTEN);
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    fill(known, frame, walk);
    known->depth = (uint16_t)depth;
    known->passing = walk->passing;
    known->epoch = epoch;
    known->id = id;
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    tmi_store(&known->frame, (uintptr_t)frame);
}

bool tmi_known_walk(struct tmi_stack_thread *thread, const uintptr_t *frame, uintptr_t end,
                    size_t depth, uint32_t *id)
{
    uint32_t epoch;
    struct walk walk;
    size_t count;

    if (tmi_rules == NULL)
        return false;
    epoch = tmi_rules_epoch();
    walk.count = walk.words = 0;
    walk.passing = false;
    if (!step_out(frame, end, depth + 1, &walk) || (walk.passing && !tmi_rules_stand(epoch)))
        return false;
    count = without_start(&walk);
    *id = tmi_stack_intern_present(walk.pcs, count < depth ? count : depth);
    if (*id != 0)
        keep(thread, frame, depth, &walk, epoch, *id);
    return true;
}
