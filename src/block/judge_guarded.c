/*
 * block/judge_guarded.c: block/judge.h for addresses among guard pages: the records of the slots
 * are asked, and no memory is read.
 */
#include "block/damage.h"
#include "block/guard.h"
#include "block/judge.h"

static struct tmi_finding from_guarded(const struct tmi_record *record, enum tmi_verdict if_live)
{
    bool live = tmi_life_state(record->life) == TMI_LIFE_LIVE;

    return (struct tmi_finding){
        .verdict = live ? if_live : TMI_VERDICT_FREED,
        .block = (const void *)record->block,
        .shape = record->shape,
        .account = record->account,
        .freed_at = live ? NULL : tmi_record_freed_at(record),
        .life = record->life,
        .allocated_stack = record->allocated_stack,
        .freed_stack = live ? 0 : record->freed_stack,
    };
}

/* Blocks against guard pages have no header. */
struct tmi_finding tmi_judge_guarded(const void *ptr)
{
    struct tmi_finding unknown = { .verdict = TMI_VERDICT_UNKNOWN, .block = ptr };
    struct tmi_record copy;

    if (tmi_guard_find(ptr, &copy) && tmi_life_state(copy.life) == TMI_LIFE_LIVE)
        return from_guarded(&copy, TMI_VERDICT_LIVE);
    tmi_guard_close_after_look(ptr);
    return unknown;
}

void tmi_judge_further_guarded(const void *ptr, struct tmi_finding *finding)
{
    struct tmi_guard_finding guarded;

    tmi_guard_explain(ptr, 1, &guarded);
    *finding = (struct tmi_finding){ .verdict = TMI_VERDICT_FOREIGN, .block = ptr };
    if (guarded.relation == TMI_GUARD_AFTER_FREE ||
        (guarded.relation != TMI_GUARD_STRANGER &&
         (uintptr_t)ptr - guarded.block.block < tmi_shape_size(guarded.block.shape)))
        *finding = from_guarded(&guarded.block, TMI_VERDICT_INTERIOR);
}

struct tmi_finding tmi_judge_beside_guarded(const void *ptr)
{
    struct tmi_guard_finding guarded;

    tmi_guard_explain(ptr, 1, &guarded);
    return guarded.relation != TMI_GUARD_STRANGER
               ? from_guarded(&guarded.block, TMI_VERDICT_INTERIOR)
               : (struct tmi_finding){ .verdict = TMI_VERDICT_FOREIGN, .block = ptr };
}
