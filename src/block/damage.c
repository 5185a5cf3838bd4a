/*
 * block/damage.c: see damage.h. Reads records, sites and accounts, never a block.
 */
#include "block/damage.h"

#include "account/account.h"
#include "block/slot_stacks.h"

struct tmi_block_facts tmi_record_facts(const struct tmi_record *record)
{
    struct tmi_account *account = tmi_account_by_id(record->account);
    struct tmi_block_facts facts = {
        .block = (const void *)record->block,
        .size = tmi_shape_size(record->shape),
        .alignment = tmi_shape_alignment(record->shape),
        .family = tmi_shape_family(record->shape),
        .domain = &account->domain->handle,
        .allocated = account->site->place,
        .allocated_stack = tmi_slot_stack_lasting(record->allocated_stack, record->life),
        .freed_stack = tmi_slot_stack_lasting(record->freed_stack, record->life),
    };

    if (record->freed_site != 0)
        facts.freed = tmi_site_by_id(record->freed_site)->place;
    return facts;
}

struct trackmem_site *tmi_record_freed_at(const struct tmi_record *record)
{
    if (record->freed_site == 0)
        return NULL;
    return tmi_site_handle_of_site(tmi_site_by_id(record->freed_site));
}

void tmi_damage_report(const struct tmi_record *record, const struct tmi_damage *damage,
                       const struct tmi_call *call)
{
    static const struct tmi_call leaving = { .verb = NULL };
    struct tmi_block_facts facts = tmi_record_facts(record);

    if (call == NULL)
        call = &leaving;
    if (damage->first < 0)
        tmi_report_underrun(call, &facts, damage);
    else if (damage->freed)
        tmi_report_write_after_free(call, &facts, damage);
    else
        tmi_report_overrun(call, &facts, damage);
}
