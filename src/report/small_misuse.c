/*
 * report/small_misuse.c: misuse in the small profile: one function a kind, as in misuse.c, which
 * hands on the facts; their words come on the host. Called with no lock held.
 */
#include "account/small.h"
#include "report/small_report.h"

struct tmi_small_outlets tmi_small_outlets;

static void deliver_with(enum trackmem_misuse_kind kind, const char *id,
                         const struct tmi_call *call, const struct tmi_block_facts *block,
                         size_t number, const struct tmi_damage *damage)
{
    struct tmi_small_outlets *outlets = &tmi_small_outlets;
    struct trackmem_misuse misuse = {
        .kind = kind,
        .id = id,
        .verb = call->verb,
        .ptr = call->ptr,
        .freed_by = call->family,
        .here = call->here,
    };

    if (block != NULL) {
        misuse.block = block->block;
        misuse.size = block->size;
        misuse.made_by = block->family;
        misuse.domain = block->domain;
        misuse.allocated = block->allocated;
        misuse.freed = block->freed;
        if (call->ptr != NULL && block->block != NULL)
            misuse.offset = (ptrdiff_t)((uintptr_t)call->ptr - (uintptr_t)block->block);
    }
    if (damage != NULL) {
        misuse.ptr = (const char *)misuse.block + damage->first;
        misuse.offset = damage->first;
    }
    tmi_small_count(&outlets->misuse_count);
    if (outlets->handler != NULL)
        outlets->handler(&misuse, outlets->handler_user);
    else if (outlets->misuse != NULL)
        outlets->misuse(&misuse, number, damage);
}

static void deliver(enum trackmem_misuse_kind kind, const char *id, const struct tmi_call *call,
                    const struct tmi_block_facts *block)
{
    deliver_with(kind, id, call, block, 0, NULL);
}

void tmi_report_mismatched_family(const struct tmi_call *call, const struct tmi_block_facts *block)
{
    deliver(TRACKMEM_MISUSE_MISMATCHED_FAMILY, "mismatched-family", call, block);
}

void tmi_report_double_free(const struct tmi_call *call, const struct tmi_block_facts *block)
{
    deliver(TRACKMEM_MISUSE_DOUBLE_FREE, "double-free", call, block);
}

void tmi_report_interior_pointer(const struct tmi_call *call, const struct tmi_block_facts *block)
{
    deliver(TRACKMEM_MISUSE_INTERIOR_POINTER, "interior-pointer", call, block);
}

void tmi_report_misaligned(const struct tmi_call *call)
{
    deliver(TRACKMEM_MISUSE_MISALIGNED, "misaligned-pointer", call, NULL);
}

/* Whose it is says the host, by the ELF file. */
void tmi_report_foreign_pointer(const struct tmi_call *call, const char *whose)
{
    (void)whose;
    deliver(TRACKMEM_MISUSE_FOREIGN_POINTER, "foreign-pointer", call, NULL);
}

void tmi_report_wrong_size(const struct tmi_call *call, const struct tmi_block_facts *block,
                           size_t claimed_size)
{
    deliver_with(TRACKMEM_MISUSE_WRONG_SIZE, "wrong-size", call, block, claimed_size, NULL);
}

void tmi_report_damaged_header(const struct tmi_call *call, const void *block)
{
    deliver(TRACKMEM_MISUSE_DAMAGED_HEADER, "damaged-header", call,
            &(struct tmi_block_facts){ .block = block });
}

void tmi_report_overrun(const struct tmi_call *call, const struct tmi_block_facts *block,
                        const struct tmi_damage *damage)
{
    deliver_with(TRACKMEM_MISUSE_OVERRUN, "overrun", call, block, damage->changed_bytes, damage);
}

void tmi_report_domain_leak(const struct tmi_call *call, struct trackmem_domain *domain,
                            const struct tmi_leaks *leaks)
{
    deliver_with(TRACKMEM_MISUSE_DOMAIN_LEAK, "domain-leak", call,
                 &(struct tmi_block_facts){ .domain = domain, .size = (size_t)leaks->bytes },
                 (size_t)leaks->blocks, NULL);
}

void tmi_report_destroyed_domain(const struct tmi_call *call, struct trackmem_domain *domain)
{
    deliver(TRACKMEM_MISUSE_DESTROYED_DOMAIN, "destroyed-domain", call,
            &(struct tmi_block_facts){ .domain = domain });
}

void tmi_report_set_handler(trackmem_misuse_fn *fn, void *user)
{
    uintptr_t state = tmi_critical_enter();

    tmi_small_outlets.handler = fn;
    tmi_small_outlets.handler_user = user;
    tmi_critical_leave(state);
}

uint64_t tmi_report_misuse_count(void)
{
    return tmi_small_outlets.misuse_count;
}
