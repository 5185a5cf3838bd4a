/*
 * block/judge_checked.c: block/judge.h in check mode: the index and the tables are asked, and no
 * memory is read.
 */
#include "block/damage.h"
#include "block/judge.h"

static struct tmi_finding from_record(uint32_t number, const struct tmi_record *record,
                                      enum tmi_verdict if_live)
{
    bool live = tmi_life_state(record->life) == TMI_LIFE_LIVE;

    return (struct tmi_finding){
        .verdict = live ? if_live : TMI_VERDICT_FREED,
        .block = (const void *)record->block,
        .shape = record->shape,
        .account = record->account,
        .freed_at = live ? NULL : tmi_record_freed_at(record),
        .record = number,
        .life = record->life,
        .allocated_stack = record->allocated_stack,
        .freed_stack = live ? 0 : record->freed_stack,
    };
}

/* What is adopted has no record: it stands in the exact table, as ever. */
struct tmi_finding tmi_judge_checked(const void *ptr)
{
    struct tmi_finding unknown = { .verdict = TMI_VERDICT_UNKNOWN, .block = ptr };
    struct tmi_exact_entry entry;
    struct tmi_record copy;
    uint32_t life;
    uint32_t number = tmi_checked_find(ptr, &life);

    if (number != 0 && tmi_checked_read(number, &copy) && copy.block == (uintptr_t)ptr)
        return from_record(number, &copy, TMI_VERDICT_LIVE);
    return tmi_exact_find(ptr, &entry) ? tmi_finding_of_adopted(&entry) : unknown;
}

/* A freed block counts as such wherever in it the pointer points. */
static bool find_around(const void *ptr, struct tmi_finding *finding)
{
    struct tmi_exact_entry entry;
    struct tmi_record copy;

    if (tmi_checked_find_around(ptr, &copy)) {
        size_t size = tmi_shape_size(copy.shape);

        *finding = from_record(0, &copy, TMI_VERDICT_INTERIOR);
        return (uintptr_t)ptr - copy.block < (size != 0 ? size : 1);
    }
    if (!tmi_exact_find_around(ptr, &entry))
        return false;
    *finding = tmi_finding_of_adopted(&entry);
    finding->verdict = TMI_VERDICT_INTERIOR;
    return true;
}

void tmi_judge_further_checked(const void *ptr, struct tmi_finding *finding)
{
    struct tmi_record copy;
    struct tmi_grave grave;

    if (find_around(ptr, finding))
        return;
    if (tmi_checked_find_gone(ptr, &copy)) {
        *finding = from_record(0, &copy, TMI_VERDICT_INTERIOR);
        return;
    }
    *finding = (struct tmi_finding){ .verdict = TMI_VERDICT_FOREIGN, .block = ptr };
    if (!tmi_graves_find(ptr, &grave) || !tmi_header_verifies(ptr, grave.shape, grave.owner))
        return;
    finding->verdict = TMI_VERDICT_FREED;
    finding->shape = grave.shape;
    finding->owner = grave.owner;
    finding->account = tmi_owner_account(grave.owner);
    finding->freed_at = grave.freed_at;
}
