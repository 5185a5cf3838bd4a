/*
 * alloc/leaks.c: see leaks.h. Reports are made with no lock held.
 */
#include "alloc/leaks.h"

#include "account/account.h"
#include "alloc/failed_resizes.h"
#include "alloc/leak_baseline.h"
#include "alloc/leak_list.h"
#include "alloc/leak_rules.h"
#include "alloc/leak_search.h"
#include "alloc/misuse.h"
#include "alloc/options.h"
#include "alloc/start.h"
#include "platform/process.h"
#include "trackmem/observe.h"

enum { LEAKS_OFF, LEAKS_REACHABLE, LEAKS_ALL };

static bool told; /* atomic: a leak was reported, or could not be looked for */

/* Without check mode a block's site is known, and whether the one that stands there is alive. */
static void note_failed_resize(struct tmi_leaks *leaks, const struct tmi_failed_resize *failed)
{
    const void *block = (const void *)failed->block;
    struct tmi_finding finding = tmi_judge_unread(block);
    const struct trackmem_place *place;
    const struct tmi_account *account;

    if (finding.verdict == TMI_VERDICT_FOREIGN || finding.verdict == TMI_VERDICT_FREED ||
        finding.block != block || finding.account != failed->account)
        return;
    account = tmi_account_by_id(finding.account);
    place = &account->site->place;
    for (size_t i = 0; i < leaks->count; ++i) {
        struct tmi_leak *leak = &leaks->list[i];

        if (leak->domain == &account->domain->handle && leak->place.file == place->file &&
            leak->place.line == place->line && leak->place.function == place->function)
            leak->resized = tmi_site_by_id(failed->site)->place;
    }
}

/* What is alive by the accounts; of a domain, or of all (NULL). */
static struct tmi_leaks *from_accounts(const struct trackmem_domain *domain)
{
    struct tmi_snapshot *snapshot = tmi_snapshot_create();
    struct tmi_leaks *leaks = snapshot != NULL ? tmi_leaks_create(snapshot->site_count) : NULL;
    struct tmi_failed_resize failed;

    for (size_t i = 0; leaks != NULL && i < snapshot->site_count; ++i)
        if (domain == NULL || snapshot->sites[i].domain == domain)
            tmi_leaks_add_site(leaks, &snapshot->sites[i]);
    for (size_t i = 0; leaks != NULL && i < TMI_FAILED_RESIZES; ++i)
        if (tmi_failed_resize_at(i, &failed))
            note_failed_resize(leaks, &failed);
    tmi_snapshot_destroy(snapshot);
    return leaks;
}

/* stack: see leak_search.h. */
static struct tmi_leaks *of_process(uintptr_t stack)
{
    bool all = tmi_options.leaks == LEAKS_ALL;
    struct tmi_leaks *leaks = tmi_checking ? tmi_leak_search_process(all, stack)
                                           : from_accounts(NULL);

    if (leaks != NULL)
        leaks->is_all = all || !leaks->searched;
    return leaks;
}

/* Takes out what is not to be told; returns whether anything is left. */
static bool settle(struct tmi_leaks *leaks, bool with_baseline)
{
    if (leaks == NULL)
        return false;
    tmi_leak_rules_apply(leaks, with_baseline);
    tmi_leaks_settle(leaks);
    if (leaks->blocks != 0)
        tmi_store(&told, true);
    return leaks->blocks != 0;
}

static void destroy(struct tmi_leaks *leaks)
{
    if (leaks == NULL)
        return;
    tmi_leak_rules_forget(leaks);
    tmi_leaks_destroy(leaks);
}

static bool has_excuse(const struct tmi_leaks *leaks)
{
    for (size_t i = 0; i < leaks->excuse_count; ++i)
        if (leaks->excuses[i].blocks != 0)
            return true;
    return false;
}

/* Returns how many blocks were told. The list goes. */
static uint64_t tell_of_process(const struct tmi_call *call, struct tmi_leaks *leaks)
{
    uint64_t blocks = 0;

    if (settle(leaks, true)) {
        blocks = leaks->blocks;
        tmi_report_leak(call, leaks);
    } else if (leaks != NULL && has_excuse(leaks)) {
        tmi_report_excused_leaks(leaks);
    }
    destroy(leaks);
    return blocks;
}

/* What was not looked for is not clean: leaks_exit acts. */
static void tell_of_failure(const char *when)
{
    struct tmi_leaks none = { .when = when, .failed = true };

    tmi_store(&told, true);
    tmi_report_excused_leaks(&none);
}

/* What the program's registers held was saved in the frame above. */
TMI_NOINLINE static void report_at_exit(void)
{
    struct tmi_call call = { .verb = "exit" };
    struct tmi_leaks *leaks = of_process((uintptr_t)TMI_FRAME());

    if (leaks == NULL) {
        tell_of_failure("at exit");
        return;
    }
    leaks->when = "at exit";
    leaks->is_ending = true;
    leaks->exit_code = (int)tmi_options.leaks_exit;
    if (tmi_options.baseline_write[0] != '\0')
        tmi_leak_baseline_write(leaks);
    if (tmi_options.leaks != LEAKS_OFF)
        (void)tell_of_process(&call, leaks);
    else
        destroy(leaks);
}

/* Of our own frames, which may hold a pointer from before, only this one counts: it is small. */
void tmi_leaks_at_exit(void)
{
    TMI_SAVE_REGISTERS();
    if (tmi_options.leaks != LEAKS_OFF || tmi_options.baseline_write[0] != '\0')
        report_at_exit();
    tmi_order_for_barrier(); /* no tail call */
}

void tmi_leaks_end_process(void)
{
    if (tmi_options.leaks_exit != 0 && tmi_load(&told))
        tmi_process_end_with((int)tmi_options.leaks_exit);
}

TMI_NOINLINE static uint64_t report_on_request(struct trackmem_site *site, const void *frame)
{
    struct tmi_verb verb = {
        "trackmem_check_leaks", TRACKMEM_FAMILY_NONE, site, { false, NULL }, frame
    };
    struct tmi_leaks *leaks;
    struct tmi_call call;

    if (!tmi_start())
        return 0;
    leaks = of_process((uintptr_t)TMI_FRAME());
    if (leaks == NULL) {
        tell_of_failure("on request");
        return 0;
    }
    call = tmi_call_of(&verb, NULL);
    leaks->when = "on request";
    return tell_of_process(&call, leaks);
}

uint64_t trackmem_check_leaks_at(struct trackmem_site *site)
{
    uint64_t blocks;

    TMI_SAVE_REGISTERS();
    blocks = report_on_request(site, TMI_FRAME());
    tmi_order_for_barrier();
    return blocks;
}

void tmi_leaks_of_domain(const struct tmi_call *call, struct tmi_domain *domain)
{
    struct tmi_leaks *leaks = from_accounts(&domain->handle);

    if (leaks != NULL && leaks->blocks != 0 && tmi_checking) {
        struct tmi_leaks *by_block = tmi_leak_search_domain(domain);

        if (by_block != NULL) {
            destroy(leaks);
            leaks = by_block;
        }
    }
    if (settle(leaks, false))
        tmi_report_domain_leak(call, &domain->handle, leaks);
    destroy(leaks);
}

uint64_t tmi_leaks_of_window(const struct tmi_call *call, struct tmi_leaks *leaks)
{
    uint64_t bytes = 0;

    if (settle(leaks, false)) {
        bytes = leaks->bytes;
        tmi_report_window_leak(call, leaks);
    }
    destroy(leaks);
    return bytes;
}
