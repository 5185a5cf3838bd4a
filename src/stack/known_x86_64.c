/*
 * stack/known_x86_64.c: see known.h.
 *
 * A thread keeps, with the number of a stack, where it began, the place of each word that its steps
 * needed (trail.h), and of each four a sum. While those words are what they were, a walk from the
 * same place goes the same way, whatever else changed: that is known without walking, by as many
 * loads as there are frames, none of which waits for another. That words which changed change a sum
 * of 64 bits is as good as certain.
 *
 * Words that a step needed are: all return addresses, and a saved frame pointer if a frame further
 * out counts from it. A stack is cut off after `depth` frames, but the walk goes on for one more:
 * whether the outermost frames are left out (walk.c) must not depend on a word that is not kept.
 *
 * Of a program with very many stacks hardly one is met again while it is known, and to number them
 * all takes more time and memory than the program itself. So once there are many, a stack is
 * numbered only if a thread saw it some times of late, which a table of hashes tells; else its
 * addresses are handed out, and nothing of it stays. Where all are like that, of eight one is
 * looked at.
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

/* A sum in which each of the four words counts otherwise; the factors are odd. */
TMI_INLINE uint64_t sum_of(const struct tmi_known_step *step, const uintptr_t *frame)
{
    return frame[step->places[0]] * 0x9e3779b97f4a7c15u +
           frame[step->places[1]] * 0xbf58476d1ce4e5b9u +
           frame[step->places[2]] * 0x94d049bb133111ebu + frame[step->places[3]];
}

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
        while (i < known->count && sum_of(&known->steps[i], frame) == known->steps[i].sum)
            ++i;
        if (i == known->count && (!known->passing || tmi_rules_stand(known->epoch)))
            return known->id;
    }
    return 0;
}

/* False: there is no room for so many. */
static bool add_place(struct tmi_known *known, size_t *words, const uintptr_t *frame,
                      const uintptr_t *word)
{
    size_t place = (size_t)(word - frame);

    if (place >= UINT16_MAX || *words == (size_t)TMI_KNOWN_STEPS * 4)
        return false;
    known->steps[*words / 4].places[*words % 4] = (uint16_t)place;
    ++*words;
    return true;
}

/* The words that a walk needed. False: there is no room for so many. */
TMI_READS_ANYTHING static bool fill(struct tmi_known *known, const uintptr_t *frame,
                                    const struct tmi_step *steps, size_t count)
{
    const uintptr_t *needed = NULL; /* the last saved frame pointer that was */
    size_t words = 0;

    for (size_t i = 0; i < count; ++i) {
        if (!add_place(known, &words, frame, steps[i].edge - 1))
            return false;
        if ((steps[i].rule & TMI_RULE_BY_FRAME) == 0 || steps[i].saved == needed || i + 1 == count)
            continue;
        needed = steps[i].saved;
        if (!add_place(known, &words, frame, needed))
            return false;
    }
    while (words % 4 != 0)
        (void)add_place(known, &words, frame, steps[0].edge - 1);
    known->reach = (uint16_t)(steps[count - 1].edge - frame);
    known->count = (uint16_t)(words / 4);
    for (size_t i = 0; i < known->count; ++i)
        known->steps[i].sum = sum_of(&known->steps[i], frame);
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

TMI_INLINE uint64_t mix_four(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
    return hash ^ hash >> 32;
}

/* The numbers of four addresses. */
TMI_INLINE uint64_t four(const struct tmi_step *steps)
{
    return steps[0].number | (uint64_t)steps[1].number << 16 | (uint64_t)steps[2].number << 32 |
           (uint64_t)steps[3].number << 48;
}

/* Copies the walk's addresses to where the caller finds them, and zeros behind. */
static void copy_out(struct tmi_stack_own *own, const struct walk *walk)
{
    const struct tmi_step *step = walk->steps;
    const struct tmi_step *end = step + walk->kept;
    uint64_t *word = own->words;
    uint64_t last = 0;

    for (; end - step >= 4; step += 4)
        *word++ = four(step);
    while (end > step)
        last = last << 16 | (--end)->number;
    *word = last;
    own->count = (uint32_t)walk->kept;
}

/* Whether a stack was not seen often of late; notes that it was seen. */
static bool is_rare(struct tmi_stack_thread *thread)
{
    uint64_t hash = thread->own.count;
    uint32_t *seen;
    uint32_t tag;

    for (size_t i = 0; i <= thread->own.count / 4; ++i)
        hash = mix_four(hash, thread->own.words[i]);
    seen = &thread->seen[hash >> 40 & (TMI_STACK_SEEN - 1)];
    tag = (uint32_t)hash & ~3u;
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

    if (walk->wide || tmi_stack_keeps_freely())
        return 0;
    tmi_store(&own->turn, (own->turn + 1) & ~TMI_STACK_OWN);
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    copy_out(own, walk);
    own->most = (uint32_t)depth;
    return tmi_known_hardly(thread) || is_rare(thread) ? TMI_STACK_OWN | own->turn : 0;
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
