/*
 * alloc/check.c: see check.h; and the public functions of check mode.
 */
#include "alloc/check.h"

#include "alloc/misuse.h"
#include "alloc/options.h"
#include "alloc/start.h"
#include "block/damage.h"
#include "platform/platform.h"

uint32_t tmi_check_every;

/* The option quarantine, which is a size and perhaps a word. */
static struct {
    uint64_t bytes;
} quarantine;

bool tmi_option_set_quarantine(const char *text, size_t length, struct tmi_option_problem *problem)
{
    uint64_t bytes;

    *problem = (struct tmi_option_problem){ text, length, ": write a size, as in quarantine=16M" };
    if (!tmi_options_number(text, length, &bytes) || bytes > SIZE_MAX / 4)
        return false;
    quarantine.bytes = bytes;
    if (tmi_started())
        tmi_check_configure();
    return true;
}

void tmi_check_start(void)
{
    struct tmi_checked_options options = {
        .zone_bytes = (size_t)tmi_options.redzone,
        .fill = (enum tmi_fill)tmi_options.fill,
        .fresh = (unsigned char)tmi_options.fill_fresh,
        .freed = (unsigned char)tmi_options.fill_freed,
    };

    if (TMI_ASAN || tmi_platform_heap_is_watched()) { /* never two of each */
        options.zone_bytes = 0;
        options.fill = TMI_FILL_OFF;
        quarantine.bytes = 0;
    }
    if (options.zone_bytes != 0 || options.fill != TMI_FILL_OFF || quarantine.bytes != 0)
        tmi_checked_start(&options);
    tmi_check_configure();
}

void tmi_check_configure(void)
{
    tmi_quarantine_set_bound((size_t)quarantine.bytes);
    tmi_store(&tmi_check_every, tmi_checking ? (uint32_t)tmi_options.check_every : 0);
}

void tmi_check_size(const struct tmi_verb *verb, size_t size)
{
    if (tmi_checking && size > PTRDIFF_MAX) {
        struct tmi_call call = tmi_call_of(verb, NULL);

        tmi_report_absurd_size(&call, size);
    }
}

void tmi_check_tick_slowly(const struct tmi_verb *verb, struct tmi_thread *thread)
{
    struct tmi_call call;

    if (thread == NULL || ++thread->nest.checked.pending < tmi_load(&tmi_check_every))
        return;
    thread->nest.checked.pending = 0;
    call = tmi_call_of(verb, NULL);
    (void)tmi_checked_sweep(&call);
}

void tmi_check_finish(void)
{
    struct tmi_call call = { .verb = "exit" };

    if (tmi_checking)
        (void)tmi_checked_sweep(&call);
}

void tmi_check_lock_for_fork(void)
{
    if (!tmi_checking)
        return;
    tmi_quarantine_lock_for_fork();
    tmi_records_lock_for_fork();
}

void tmi_check_unlock_after_fork(bool in_child)
{
    if (!tmi_checking)
        return;
    tmi_records_unlock_after_fork(in_child);
    tmi_quarantine_unlock_after_fork();
}

bool trackmem_check_at(struct trackmem_site *site, const void *ptr)
{
    struct tmi_verb verb = {
        "trackmem_check", TRACKMEM_FAMILY_NONE, site, { false, NULL }, TMI_FRAME()
    };
    struct tmi_call call = tmi_call_of(&verb, ptr);
    struct tmi_finding finding;

    if (ptr == NULL || !tmi_inspect(&verb, ptr, &finding))
        return false;
    return finding.record == 0 || !tmi_checked_look(ptr, &call);
}

size_t trackmem_check_all_at(struct trackmem_site *site)
{
    struct tmi_verb verb = {
        "trackmem_check_all", TRACKMEM_FAMILY_NONE, site, { false, NULL }, TMI_FRAME()
    };
    struct tmi_call call;

    if (!tmi_start() || !tmi_checking)
        return 0;
    call = tmi_call_of(&verb, NULL);
    return tmi_checked_sweep(&call);
}
