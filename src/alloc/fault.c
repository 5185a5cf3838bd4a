/*
 * alloc/fault.c: see fault.h. Async-signal-safe: reads records and accounts, takes no lock but that
 * of the report, and never that while this thread holds it.
 */
#include "alloc/fault.h"

#include "alloc/guarding.h"
#include "alloc/stacks.h"
#include "block/damage.h"
#include "block/graves.h"
#include "platform/pages.h"
#include "platform/platform.h"
#include "report/report.h"
#include "stack/stack.h"
#include "trackmem/trackmem.h"

/* Addresses that a NULL and an offset may come to, where programs have nothing. */
#define SMALL_ADDRESS      65536u
#define SMALL_ADDRESS_FAR  0x400000u /* for an index into what was asked for */
#define RECENT_ALLOCATIONS 16u       /* of the thread since the one that failed */
#define PATIENCE_TO_YIELD  2000

static uint32_t reports_being_made; /* atomic */

/* Of those that a thread made, as far as its cells tell. */
static uint64_t allocations_of(const struct tmi_thread *thread)
{
    uint64_t blocks = 0;

    for (size_t i = 0; i < TMI_CELLS; ++i)
        blocks += tmi_load(&thread->shard.cells[i].blocks);
    return blocks;
}

void tmi_guarding_note_failure(struct tmi_thread *thread, const struct tmi_site *site, size_t size)
{
    if (thread == NULL || thread->fault_stack == NULL) /* nobody would ask */
        return;
    thread->failed_at = site;
    thread->failed_size = size;
    thread->failed_when = allocations_of(thread);
}

static bool follows_failure(const struct tmi_fault *fault, const struct tmi_thread *thread)
{
    uintptr_t address = (uintptr_t)fault->address;

    return fault->address_known && thread != NULL && thread->failed_at != NULL &&
           (address < SMALL_ADDRESS ||
            (address < SMALL_ADDRESS_FAR && address < thread->failed_size)) &&
           allocations_of(thread) - thread->failed_when <= RECENT_ALLOCATIONS;
}

static bool report_guarded(const struct tmi_touch *touch)
{
    struct tmi_guard_finding finding;
    struct tmi_block_facts facts;

    tmi_guard_explain(touch->address, touch->within_bytes, &finding);
    if (finding.relation == TMI_GUARD_STRANGER)
        return false;
    facts = tmi_record_facts(&finding.block);
    if (finding.relation == TMI_GUARD_AFTER_FREE)
        tmi_report_use_after_free(touch, &facts);
    else if (finding.relation == TMI_GUARD_BELOW)
        tmi_report_underrun_fault(touch, &facts);
    else
        tmi_report_overrun_fault(touch, &facts);
    return true;
}

/* A block that did not wait in the quarantine, whose pages went back to the system. */
static bool report_gone(const struct tmi_touch *touch)
{
    struct tmi_grave grave;
    struct tmi_block_facts facts;
    const struct tmi_account *account;
    uintptr_t last = (uintptr_t)touch->address + touch->within_bytes - 1;

    if (!tmi_checking || tmi_pages_are_mapped(touch->address) ||
        (!tmi_graves_find_around(touch->address, &grave) &&
         !tmi_graves_find_around((const void *)last, &grave)))
        return false;
    account = tmi_account_by_id(tmi_owner_account(grave.owner));
    facts = (struct tmi_block_facts){
        .block = (const void *)grave.block,
        .size = tmi_shape_size(grave.shape),
        .alignment = tmi_shape_alignment(grave.shape),
        .family = tmi_shape_family(grave.shape),
        .domain = &account->domain->handle,
        .allocated = account->site->place,
    };
    (void)tmi_site_place_if_readable(grave.freed_at, &facts.freed);
    tmi_report_use_after_free(touch, &facts);
    return true;
}

static uint32_t stack_of(const struct tmi_fault *fault)
{
    struct tmi_stack_registers registers = { (uintptr_t)fault->code, fault->stack, fault->frame,
                                             fault->link };
    uintptr_t frames[TMI_STACK_MOST];
    uint32_t depth = tmi_load(&tmi_stacks_depth);

    if (depth == 0)
        return 0;
    depth = depth < TMI_STACK_MOST ? depth : TMI_STACK_MOST;
    return tmi_stack_intern(frames, tmi_stack_at(&registers, frames, depth));
}

static void report(const struct tmi_fault *fault)
{
    struct tmi_touch touch = { fault->address, fault->within_bytes, fault->access, fault->code,
                               stack_of(fault) };

    if (tmi_guard_owns(fault->address)) {
        (void)report_guarded(&touch);
    } else if (!report_gone(&touch)) {
        const struct tmi_thread *thread = tmi_thread_find();

        if (follows_failure(fault, thread))
            tmi_report_unchecked_null(&touch, &thread->failed_at->place, thread->failed_size);
    }
}

/* What follows may end the process: other threads' reports are to come out whole. */
static void report_in_turn(const struct tmi_fault *fault)
{
    (void)tmi_add(&reports_being_made, 1);
    report(fault);
    (void)tmi_add(&reports_being_made, UINT32_MAX);
    for (int i = 0; i < PATIENCE_TO_YIELD && tmi_load(&reports_being_made) != 0; ++i)
        tmi_platform_yield();
}

/* A verb looked before a pointer that leads to a closed page: a second free, say. */
static bool is_our_look(const struct tmi_fault *fault)
{
    static tmi_code_fn *const looks[] = {
        (tmi_code_fn *)trackmem_free_at,
        (tmi_code_fn *)trackmem_size,
    };

    return fault->access != TMI_ACCESS_WRITE && tmi_guard_owns(fault->address) &&
           tmi_fault_is_look(fault->code, looks, sizeof looks / sizeof looks[0]);
}

/* What comes while this thread writes a report ends that: who gets the fault may never return. */
static enum tmi_fault_answer ask(const struct tmi_fault *fault)
{
    static const char line[] = "trackmem: a fault while a report is written: it is passed on\n";

    if (is_our_look(fault) && tmi_guard_open_for_look(fault->address))
        return TMI_FAULT_RETRY;
    if (tmi_report_break_off())
        (void)tmi_platform_write(2, line, sizeof line - 1);
    else
        report_in_turn(fault);
    return TMI_FAULT_PASS_ON;
}

static void give_up(void)
{
    tmi_report_give_up();
    (void)tmi_add(&reports_being_made, UINT32_MAX);
}

static void *stack_of_thread(void)
{
    const struct tmi_thread *thread = tmi_thread_find();

    return thread != NULL ? thread->fault_stack : NULL;
}

const struct tmi_fault_catcher tmi_fault_catcher = { ask, give_up, stack_of_thread };
