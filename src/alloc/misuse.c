/*
 * alloc/misuse.c: see misuse.h. Slow; no lock is held while a report is made.
 */
#include "alloc/misuse.h"

#include "alloc/copies.h"
#include "alloc/stacks.h"
#include "block/slot_stacks.h"
#include "platform/platform.h"

struct tmi_call tmi_call_of(const struct tmi_verb *verb, const void *ptr)
{
    const char *name = verb->name;

    if (name == NULL)
        name = tmi_family_info(verb->family)->free_verb;
    return (struct tmi_call){
        .verb = name,
        .family = verb->family,
        .here = tmi_site_of(verb->site)->place,
        .ptr = ptr,
        .stack = tmi_stacks_take(tmi_thread_find(), verb->frame),
    };
}

static struct tmi_block_facts facts_of(const struct tmi_finding *finding)
{
    struct tmi_account *account = tmi_account_by_id(finding->account);
    struct tmi_block_facts facts = {
        .block = finding->block,
        .size = tmi_shape_size(finding->shape),
        .alignment = tmi_shape_alignment(finding->shape),
        .family = tmi_shape_family(finding->shape),
        .domain = &account->domain->handle,
        .allocated = account->site->place,
        .allocated_stack = tmi_slot_stack_lasting(finding->allocated_stack, finding->life),
        .freed_stack = tmi_slot_stack_lasting(finding->freed_stack, finding->life),
    };

    (void)tmi_site_place_if_readable(finding->freed_at, &facts.freed);
    return facts;
}

/* Reports a pointer into a block of an arena that knows what lies there. */
static bool report_sub_block(const struct tmi_call *call, struct tmi_block_facts *facts)
{
    struct trackmem_sub_block sub_block = { NULL, 0, NULL, NULL };

    if (!tmi_family_describe(facts->family, facts->block, facts->size, call->ptr, &sub_block))
        return false;
    (void)tmi_site_place_if_readable(sub_block.site, &facts->allocated);
    tmi_report_sub_block(call, facts, &sub_block);
    return true;
}

/* Reports a pointer before which no whole header stands. On a stack half a one is no block's. */
static void report_no_block(const struct tmi_call *call, enum tmi_verdict verdict)
{
    char whose[320];

    if ((uintptr_t)call->ptr % TRACKMEM_ALIGNMENT != 0) {
        tmi_report_misaligned(call);
        return;
    }
    tmi_platform_describe_address(call->ptr, whose, sizeof whose);
    if (verdict == TMI_VERDICT_DAMAGED && !tmi_text_starts(whose, "the stack"))
        tmi_report_damaged_header(call, call->ptr);
    else
        tmi_report_foreign_pointer(call, whose);
}

void tmi_report_not_live(const struct tmi_verb *verb, const void *ptr, struct tmi_finding *finding)
{
    struct tmi_call call = tmi_call_of(verb, ptr);
    struct tmi_block_facts facts;
    struct tmi_copy_names copies;

    if (finding->verdict == TMI_VERDICT_DAMAGED) {
        tmi_report_damaged_header(&call, ptr);
        return;
    }
    if (tmi_copies_own(ptr, &facts, &copies)) {
        tmi_report_other_copy(&call, copies.theirs, copies.ours, &facts);
        return;
    }
    tmi_judge_further(ptr, finding);
    if (finding->verdict == TMI_VERDICT_DAMAGED || finding->verdict == TMI_VERDICT_FOREIGN) {
        report_no_block(&call, finding->verdict);
        return;
    }
    facts = facts_of(finding);
    if (finding->verdict == TMI_VERDICT_FREED)
        tmi_report_double_free(&call, &facts);
    else if (!report_sub_block(&call, &facts))
        tmi_report_interior_pointer(&call, &facts);
}

void tmi_report_mismatch(const struct tmi_verb *verb, const struct tmi_finding *finding)
{
    struct tmi_call call = tmi_call_of(verb, finding->block);
    struct tmi_block_facts facts = facts_of(finding);

    tmi_report_mismatched_family(&call, &facts);
}

void tmi_report_size(const struct tmi_verb *verb, const struct tmi_finding *finding,
                     size_t claimed_size)
{
    struct tmi_call call = tmi_call_of(verb, finding->block);
    struct tmi_block_facts facts = facts_of(finding);

    tmi_report_wrong_size(&call, &facts, claimed_size);
}
