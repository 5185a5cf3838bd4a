/*
 * stack/known_x86_64.c: see known.h.
 *
 * A thread keeps, with the number of a stack, where it began, and the place and value of each word
 * that its steps needed (trail.h). While those words are what they were, a walk from the same place
 * goes the same way, whatever else changed: that is known without walking, by as many loads as
 * there are frames, none of which waits for another.
 *
 * Words that a step needed are: all return addresses, and a saved frame pointer if a frame further
 * out counts from it. A stack is cut off after `depth` frames, but the walk goes on for one more:
 * whether the outermost frames are left out (walk.c) must not depend on a word that is not kept.
 *
 * Of a program with very many stacks hardly one is met again while it is known, and to number them
 * all takes more time and memory than the program itself. So once there are many, a stack is
 * numbered only if a thread saw it some times of late, which a table of hashes tells; else its
 * addresses are handed out, and nothing of it stays.
 *
 * Each entry is one thread's, and written only while the trail is the writer's. A signal's handler
 * that meets an entry which is being written finds it empty.
 */
#include <string.h>

#include "base/atomic.h"
#include "stack/known.h"
#include "stack/module.h"
#include "stack/rules.h"

#define WORD sizeof(uintptr_t)

struct walk {
    const struct tmi_step *steps;
    size_t count;
    size_t kept;  /* of them: without the start, and not more than were asked for */
    bool passing; /* some code may be unloaded */
    bool wide;    /* the number of some address has more than 16 bits */
};

void tmi_known_start(void *(*map)(size_t size))
{
    tmi_rules_start(map);
}

enum tmi_framing tmi_known_framing(uintptr_t pc)
{
    uint32_t number;
    uint64_t rule = tmi_rules != NULL ? tmi_rule_of(pc, &number) : 0;

    return (rule & TMI_RULE_USABLE) == 0 ? TMI_FRAMING_UNKNOWN
           : tmi_rule_is_framed(rule)    ? TMI_FRAMED
                                         : TMI_UNFRAMED;
}

/* How many of the frames count: see walk.c. */
static size_t without_start(const struct tmi_step *steps, size_t count)
{
    size_t last = count - 1;

    if ((steps[last].rule & TMI_RULE_END) == 0)
        return count;
    while (last > 0 && count - 1 - last < TMI_STACK_START_MOST &&
           !tmi_rule_is_framed(steps[last - 1].rule))
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

/* The words that a walk needed, and what they are. False: there is no room for so many. */
static bool fill(struct tmi_known *known, const uintptr_t *frame, const struct tmi_step *steps,
                 size_t count)
{
    const uintptr_t *needed = NULL; /* the last saved frame pointer that was */
    size_t words = 0;

    for (size_t i = 0; i < count; ++i) {
        size_t place = (size_t)(steps[i].edge - 1 - frame);

        if (place >= UINT16_MAX || words + 2 > TMI_KNOWN_WORDS)
            return false;
        known->places[words] = (uint16_t)place;
        known->values[words++] = steps[i].pc;
        if ((steps[i].rule & TMI_RULE_BY_FRAME) == 0 || steps[i].saved == needed || i + 1 == count)
            continue;
        needed = steps[i].saved;
        known->places[words] = (uint16_t)(needed - frame);
        known->values[words++] = steps[i].value;
    }
    known->reach = (uint16_t)(steps[count - 1].edge - frame);
    known->words = (uint16_t)words;
    for (; words % TMI_KNOWN_STEP != 0; ++words) {
        known->places[words] = known->places[0];
        known->values[words] = known->values[0];
    }
    return true;
}

static void keep(struct tmi_stack_thread *thread, const uintptr_t *frame, size_t depth,
                 const struct walk *walk, uint32_t id)
{
    struct tmi_known *set = set_of(thread, (uintptr_t)frame, walk->steps[0].pc);
    struct tmi_known *known = &set[thread->turn_known++ % TMI_KNOWN_WAYS];

    tmi_store(&known->frame, 0);
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    if (!fill(known, frame, walk->steps, walk->count))
        return;
    known->depth = (uint16_t)depth;
    known->passing = walk->passing;
    known->epoch = thread->trail.epoch;
    known->id = id;
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    tmi_store(&known->frame, (uintptr_t)frame);
}

/* The numbers of four addresses. */
TMI_INLINE uint64_t four(const uint16_t *addresses)
{
    uint64_t word;

    __builtin_memcpy(&word, addresses, sizeof word);
    return word;
}

TMI_INLINE uint64_t mix_four(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
    return hash ^ hash >> 32;
}

/*
 * Copies the walk's addresses to where the caller finds them, and zeros behind; returns a hash of
 * them.
 */
static uint64_t copy_out(struct tmi_stack_own *own, const uint16_t *addresses, size_t count)
{
    uint64_t even = count;
    uint64_t odd = 0;
    size_t i;

    for (i = 0; i + 2 <= count / 4; i += 2) {
        even = mix_four(even, own->words[i] = four(addresses + 4 * i));
        odd = mix_four(odd, own->words[i + 1] = four(addresses + 4 * i + 4));
    }
    for (; i <= count / 4; ++i) {
        uint64_t kept = count - 4 * i < 4 ? ((uint64_t)1 << (count - 4 * i) * 16) - 1 : UINT64_MAX;

        even = mix_four(even, own->words[i] = four(addresses + 4 * i) & kept);
    }
    return mix_four(even, odd);
}

/* Whether a stack was not seen often of late; notes that it was seen. */
TMI_INLINE bool is_rare(struct tmi_stack_thread *thread, uint64_t hash)
{
    uint32_t *seen = &thread->seen[hash >> 40 & (TMI_STACK_SEEN - 1)];
    uint32_t tag = (uint32_t)hash & ~3u;

    if (TMI_LIKELY((*seen & ~3u) != tag)) {
        *seen = tag;
        return true;
    }
    *seen += *seen - tag < TMI_STACK_RARE;
    return *seen - tag < TMI_STACK_RARE;
}

/* Hands the walk out as the caller's own; 0: it is none. */
static uint32_t hand_out(struct tmi_stack_thread *thread, const struct walk *walk, size_t depth)
{
    struct tmi_stack_own *own = &thread->own;
    const struct tmi_trail *trail = &thread->trail;
    uint64_t hash;

    if (walk->wide || tmi_stack_keeps_freely())
        return 0;
    tmi_store(&own->turn, (own->turn + 1) & ~TMI_STACK_OWN);
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    hash = copy_out(own, &trail->addresses[trail->first], walk->kept);
    own->count = (uint32_t)walk->kept;
    own->most = (uint32_t)depth;
    return is_rare(thread, hash) ? TMI_STACK_OWN | own->turn : 0;
}

static uint32_t intern(const struct walk *walk)
{
    uintptr_t pcs[TMI_STACK_MOST];

    for (size_t i = 0; i < walk->kept; ++i)
        pcs[i] = walk->steps[i].pc;
    return tmi_stack_intern_present(pcs, walk->kept);
}

/* What comes of a walk; false: a module of it went. */
static bool settle(struct tmi_stack_thread *thread, const uintptr_t *frame, size_t depth,
                   size_t count, bool lasting, uint32_t *id)
{
    struct tmi_trail *trail = &thread->trail;
    struct walk walk = { .steps = &trail->steps[trail->first], .count = count };

    for (size_t i = 0; TMI_UNLIKELY(trail->passing || trail->wide) && i < count; ++i) {
        walk.passing |= (walk.steps[i].rule & TMI_RULE_PASSING) != 0;
        walk.wide |= walk.steps[i].number - 1 >= UINT16_MAX;
    }
    if (walk.passing && !tmi_rules_stand(trail->epoch))
        return false;
    walk.kept = without_start(walk.steps, count);
    walk.kept = walk.kept < depth ? walk.kept : depth;
    *id = lasting ? 0 : hand_out(thread, &walk, depth);
    if (*id != 0) {
        ++thread->own_in_a_row;
        return true;
    }
    thread->own_in_a_row = 0;
    *id = intern(&walk);
    if (*id != 0)
        keep(thread, frame, depth, &walk, *id);
    return true;
}

bool tmi_known_walk(struct tmi_stack_thread *thread, const uintptr_t *frame,
                    const struct tmi_stack_range *stack, size_t depth, bool lasting, uint32_t *id)
{
    struct tmi_trail *trail = &thread->trail;
    size_t count = tmi_rules != NULL ? tmi_trail_walk(trail, frame, stack, depth + 1) : 0;
    bool settled;

    if (count == 0)
        return false;
    settled = settle(thread, frame, depth, count, lasting, id);
    if (!settled)
        tmi_trail_forget(trail);
    tmi_trail_leave(trail);
    return settled;
}
