/*
 * stack/trail_x86_64.c: see trail.h.
 *
 * A step that was not asked for is no worse than one that was: what is kept further out than the
 * walk that left it is looked at before it is believed, as everything is.
 */
#include "stack/trail.h"

#include <string.h>

#include "base/atomic.h"
#include "stack/rules.h"

#define WORD sizeof(uintptr_t)

struct walk {
    const uintptr_t *frame;
    uintptr_t end;
    const uintptr_t *edge; /* where it stands */
    const uintptr_t *saved;
    size_t fresh; /* steps of its own so far */
    uint32_t at;  /* the first step of the trail that it may meet */
};

TMI_INLINE uint32_t place_of(uint32_t rule)
{
    return rule >> TMI_RULE_PLACE_BIT & TMI_RULE_PLACE_MOST;
}

/* A step from where the walk stands. False: there is no rule for it. */
TMI_INLINE bool read_step(struct tmi_trail *trail, struct walk *walk)
{
    struct tmi_step *step = &trail->fresh[walk->fresh];
    uintptr_t pc = walk->edge[-1];
    uint64_t rule = tmi_rule_of(pc, &step->number);

    if ((rule & TMI_RULE_USABLE) == 0)
        return false;
    step->edge = walk->edge;
    step->saved = walk->saved;
    step->pc = pc;
    step->rule = (uint32_t)rule & TMI_STEP_RULE;
    step->value = (rule & TMI_RULE_BY_FRAME) != 0 ? *walk->saved : 0;
    if (TMI_UNLIKELY(step->number == 0))
        step->number = tmi_rule_number(pc);
    trail->passing |= (rule & TMI_RULE_PASSING) != 0;
    trail->wide |= step->number - 1 >= UINT16_MAX;
    ++walk->fresh;
    return true;
}

/* Goes a step. False: it leads out of the stack. */
TMI_INLINE bool go(struct walk *walk, const struct tmi_step *step)
{
    uintptr_t next = (step->rule & TMI_RULE_BY_FRAME) != 0 ? step->value : (uintptr_t)step->edge;
    uint32_t place = place_of(step->rule);

    next += (step->rule & TMI_RULE_SIZE_MOST) * WORD;
    if (TMI_UNLIKELY(next <= (uintptr_t)step->edge || next > walk->end || next % WORD != 0))
        return false;
    walk->edge = (const uintptr_t *)next;
    walk->saved = place != 0 ? walk->edge - place : step->saved;
    return walk->saved >= walk->frame;
}

/*
 * Whether the trail goes on from its step `at` as the walk does, whose edge is that step's. If the
 * frame pointer was saved elsewhere, that is so if it is saved anew before a step goes by it.
 */
TMI_INLINE bool meets(struct tmi_trail *trail, const struct walk *walk)
{
    uint32_t last = walk->at;

    if (TMI_LIKELY(trail->steps[last].saved == walk->saved))
        return true;
    for (;; ++last) {
        if ((trail->steps[last].rule & TMI_RULE_BY_FRAME) != 0)
            return false;
        if (place_of(trail->steps[last].rule) != 0 || last + 1 == trail->end)
            break;
    }
    for (uint32_t i = walk->at; i <= last; ++i)
        trail->steps[i].saved = walk->saved;
    return true;
}

/* How many steps of the trail, from `at` on, still go where they went; at most so many. */
TMI_INLINE size_t standing(const struct tmi_trail *trail, const struct walk *walk, size_t most)
{
    const struct tmi_step *first = &trail->steps[walk->at];
    const struct tmi_step *end = &trail->steps[trail->end];
    const struct tmi_step *step = first;

    if ((size_t)(end - first) > most)
        end = first + most;
    for (; step < end && step->edge[-1] == step->pc; ++step)
        if ((step->rule & TMI_RULE_BY_FRAME) != 0 &&
            (step->saved < walk->frame || *step->saved != step->value))
            break;
    return (size_t)(step - first);
}

enum way { GOES_ON, ARRIVED, LOST };

/* Goes on by the trail as far as that leads. */
TMI_INLINE enum way follow_trail(struct tmi_trail *trail, struct walk *walk, size_t *count)
{
    size_t most = *count - walk->fresh;
    size_t stand;

    while (walk->at < trail->end && trail->steps[walk->at].edge < walk->edge)
        ++walk->at;
    if (walk->at == trail->end || trail->steps[walk->at].edge != walk->edge ||
        trail->steps[walk->at].pc != walk->edge[-1] || !meets(trail, walk))
        return GOES_ON;
    stand = standing(trail, walk, most);
    if (stand == most)
        return ARRIVED;
    if (stand == 0)
        return GOES_ON;
    if ((trail->steps[walk->at + stand - 1].rule & TMI_RULE_END) != 0) {
        *count = walk->fresh + stand;
        return ARRIVED;
    }
    memcpy(&trail->fresh[walk->fresh], &trail->steps[walk->at], stand * sizeof *trail->steps);
    walk->fresh += stand;
    walk->at += (uint32_t)stand;
    return go(walk, &trail->fresh[walk->fresh - 1]) ? GOES_ON : LOST;
}

/* Beyond the walk: to the trail, if it leads on from here, else some steps. */
TMI_INLINE void go_further(struct tmi_trail *trail, struct walk *walk)
{
    for (size_t i = 0; i < TMI_TRAIL_FURTHER && go(walk, &trail->fresh[walk->fresh - 1]); ++i) {
        while (walk->at < trail->end && trail->steps[walk->at].edge < walk->edge)
            ++walk->at;
        if (walk->at < trail->end && trail->steps[walk->at].edge == walk->edge &&
            meets(trail, walk))
            return;
        if (!read_step(trail, walk))
            break;
        if ((trail->fresh[walk->fresh - 1].rule & TMI_RULE_END) != 0)
            break;
    }
    walk->at = trail->end;
}

TMI_INLINE bool walk_out(struct tmi_trail *trail, struct walk *walk, size_t *count)
{
    for (;;) {
        const struct tmi_step *step;
        enum way way = follow_trail(trail, walk, count);

        if (way != GOES_ON)
            return way == ARRIVED;
        step = &trail->fresh[walk->fresh];
        if (!read_step(trail, walk))
            return false;
        if ((step->rule & TMI_RULE_END) != 0) {
            walk->at = trail->end;
            *count = walk->fresh;
            return true;
        }
        if (walk->fresh == *count) {
            go_further(trail, walk);
            return true;
        }
        if (!go(walk, step))
            return false;
    }
}

/* The walk's own steps and the trail from where they met are the new trail. */
static void join(struct tmi_trail *trail, const struct walk *walk)
{
    uint32_t fresh = (uint32_t)walk->fresh;
    uint32_t at = walk->at;

    if (fresh > at) {
        uint32_t kept = trail->end - at < TMI_TRAIL_KEPT ? trail->end - at : TMI_TRAIL_KEPT;

        memmove(&trail->steps[TMI_TRAIL_STEPS - kept], &trail->steps[at],
                kept * sizeof *trail->steps);
        at = TMI_TRAIL_STEPS - kept;
        trail->end = TMI_TRAIL_STEPS;
    }
    trail->first = at - fresh;
    for (uint32_t i = 0; i < fresh; ++i)
        trail->steps[trail->first + i] = trail->fresh[i];
}

static bool enter(struct tmi_trail *trail, uintptr_t frame, const struct tmi_stack_range *stack)
{
    uintptr_t busy = tmi_load(&trail->busy);

    if (busy != 0 && (busy < stack->start || busy >= frame))
        return false;
    if (TMI_UNLIKELY(busy != 0))
        tmi_trail_forget(trail); /* it may have been left half changed */
    tmi_store(&trail->busy, frame);
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    return true;
}

/* All of it in one, so that where the walk stands is in registers. */
TMI_READS_ANYTHING size_t tmi_trail_walk(struct tmi_trail *trail, const uintptr_t *frame,
                                         const struct tmi_stack_range *stack, size_t most)
{
    struct walk walk = { .frame = frame, .end = stack->end, .edge = frame + 2, .saved = frame };
    size_t count = most;

    if (!enter(trail, (uintptr_t)frame, stack))
        return 0;
    if (trail->stack_end != stack->end || trail->epoch != tmi_rules_epoch()) {
        tmi_trail_forget(trail);
        trail->stack_end = stack->end;
        trail->epoch = tmi_rules_epoch();
    }
    walk.at = trail->first;
    if (walk_out(trail, &walk, &count)) {
        join(trail, &walk);
        return count;
    }
    tmi_trail_forget(trail);
    tmi_trail_leave(trail);
    return 0;
}
