/*
 * alloc/small_misuse.c: gathers what the reports of misuse say, in the small profile. Slow; no lock
 * is held while a report is made.
 */
#include "alloc/small.h"

static struct tmi_call call_of(const void *caller, const void *ptr, trackmem_family family,
                               const char *verb)
{
    return (struct tmi_call){
        .verb = verb != NULL ? verb : tmi_family_info(family)->free_verb,
        .family = family,
        .here = { .address = caller },
        .ptr = ptr,
    };
}

struct tmi_block_facts tmi_small_facts(const struct tmi_small_block *block)
{
    if (block->w1 == 0 && block->w0 == 0) /* nothing is known of it */
        return (struct tmi_block_facts){ .block = NULL };
    return (struct tmi_block_facts){
        .block = block->block,
        .size = tmi_small_size(block->w0),
        .alignment = block->pad != 0 ? block->pad : TRACKMEM_ALIGNMENT,
        .family = tmi_small_family(block->w0),
        .domain = tmi_small_owner(block->w0),
        .allocated = { .address = tmi_small_address_of_site(block->w1) },
    };
}

void tmi_small_report_not_live(const void *caller, const void *ptr, trackmem_family family,
                               const char *verb)
{
    struct tmi_call call = call_of(caller, ptr, family, verb);
    struct tmi_block_facts facts;
    struct tmi_small_block block;
    const void *freed_at;
    enum tmi_small_kind kind;

    kind = tmi_small_judge(ptr, &block, &freed_at);
    facts = tmi_small_facts(&block);
    facts.freed.address = freed_at;
    switch (kind) {
    case TMI_SMALL_IS_FREED: tmi_report_double_free(&call, &facts); break;
    case TMI_SMALL_IS_INTERIOR: tmi_report_interior_pointer(&call, &facts); break;
    case TMI_SMALL_IS_DAMAGED: tmi_report_damaged_header(&call, ptr); break;
    case TMI_SMALL_IS_FOREIGN:
        if ((uintptr_t)ptr % TRACKMEM_ALIGNMENT != 0)
            tmi_report_misaligned(&call);
        else
            tmi_report_foreign_pointer(&call, NULL);
        break;
    }
}

void tmi_small_report_mismatch(const void *caller, const struct tmi_small_block *block,
                               trackmem_family family, const char *verb)
{
    struct tmi_call call = call_of(caller, block->block, family, verb);
    struct tmi_block_facts facts = tmi_small_facts(block);

    tmi_report_mismatched_family(&call, &facts);
}

void tmi_small_report_size(const void *caller, const struct tmi_small_block *block,
                           const char *verb, size_t claimed_size)
{
    struct tmi_call call = call_of(caller, block->block, tmi_small_family(block->w0), verb);
    struct tmi_block_facts facts = tmi_small_facts(block);

    tmi_report_wrong_size(&call, &facts, claimed_size);
}

void tmi_small_report_overrun(const void *caller, const struct tmi_small_block *block,
                              const char *verb)
{
    struct tmi_call call = call_of(caller, block->block, tmi_small_family(block->w0), verb);
    struct tmi_block_facts facts = tmi_small_facts(block);

    struct tmi_damage damage = { .first = 0 };

    tmi_small_examine_redzone(block, &damage);
    tmi_report_overrun(&call, &facts, &damage);
}

void tmi_small_report_damaged(const void *caller, const void *block, const char *verb)
{
    struct tmi_call call = call_of(caller, block, TRACKMEM_FAMILY_NONE, verb);

    tmi_report_damaged_header(&call, block);
}

void tmi_small_report_leak(const void *caller, struct trackmem_domain *domain)
{
    struct tmi_call call = call_of(caller, NULL, TRACKMEM_FAMILY_NONE, "trackmem_domain_destroy");
    struct trackmem_stats stats;
    struct tmi_leaks leaks = { .when = "" };

    (void)trackmem_domain_stats(domain, false, &stats);
    leaks.blocks = stats.live_blocks;
    leaks.bytes = stats.live_bytes;
    tmi_report_domain_leak(&call, domain, &leaks);
}

void tmi_small_report_ended(const void *caller, struct trackmem_domain *domain, const char *verb)
{
    struct tmi_call call = call_of(caller, NULL, TRACKMEM_FAMILY_NONE, verb);

    tmi_report_destroyed_domain(&call, domain);
}

bool tmi_small_inspect(const void *caller, const void *ptr, const char *verb,
                       struct tmi_small_block *block)
{
    if (ptr == NULL)
        return false;
    if (tmi_small_read(ptr, block) == TMI_SMALL_LIVE)
        return true;
    tmi_small_report_not_live(caller, ptr, TRACKMEM_FAMILY_NONE, verb);
    return false;
}
