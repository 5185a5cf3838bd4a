/*
 * block/guard_none.c: block/guard.h where there are no pages: no block is guarded.
 */
#include "block/guard.h"
#include "block/judge.h"

struct tmi_guard_range tmi_guard_range;

bool tmi_guard_end(const void *block, struct trackmem_site *freed_at)
{
    (void)block;
    (void)freed_at;
    return false;
}

bool tmi_guard_set_account(const void *block, uint32_t from, uint32_t to)
{
    (void)block;
    (void)from;
    (void)to;
    return false;
}

struct tmi_finding tmi_judge_guarded(const void *ptr)
{
    return (struct tmi_finding){ .verdict = TMI_VERDICT_UNKNOWN, .block = ptr };
}

void tmi_judge_further_guarded(const void *ptr, struct tmi_finding *finding)
{
    *finding = (struct tmi_finding){ .verdict = TMI_VERDICT_FOREIGN, .block = ptr };
}

struct tmi_finding tmi_judge_beside_guarded(const void *ptr)
{
    return (struct tmi_finding){ .verdict = TMI_VERDICT_FOREIGN, .block = ptr };
}

void tmi_guard_lock_for_fork(void)
{
}

void tmi_guard_unlock_after_fork(bool in_child)
{
    (void)in_child;
}
