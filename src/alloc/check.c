/*
 * alloc/check.c: see check.h; and the public functions of check mode.
 */
#include "alloc/check.h"

#include <string.h>

#include "alloc/guarding.h"
#include "alloc/misuse.h"
#include "alloc/options.h"
#include "alloc/quick.h"
#include "alloc/start.h"
#include "base/checked.h"
#include "block/damage.h"
#include "block/slots.h"
#include "block/watched.h"
#include "platform/platform.h"

uint32_t tmi_check_every;

/* At least, where "protect" is asked for and no size: it costs address space, no memory. */
#define PROTECTED_BYTES ((uint64_t)16 << 20)

/* The option quarantine, which is a size, a word, or both. */
static struct quarantine {
    uint64_t bytes;
    bool protect;
    bool sized; /* by the value that was set last */
} quarantine;

/* A size, or the word. */
static bool set_item(struct quarantine *wanted, const char *item, size_t length,
                     struct tmi_option_problem *problem)
{
    static const char protect[] = "protect";
    uint64_t bytes;

    *problem = (struct tmi_option_problem){ item, length,
                                            ": write a size, protect, or both: 16M,protect" };
    if (length == sizeof protect - 1 && memcmp(item, protect, length) == 0) {
        problem->hint = ": it acts at start only";
        wanted->protect = true;
        return !tmi_started() || quarantine.protect;
    }
    if (!tmi_options_number(item, length, &bytes) || bytes > SIZE_MAX / 4)
        return false;
    wanted->bytes = bytes;
    wanted->sized = true;
    return true;
}

bool tmi_option_set_quarantine(const char *text, size_t length, struct tmi_option_problem *problem)
{
    struct quarantine wanted = { quarantine.bytes, quarantine.protect, false };

    for (size_t at = 0, end; at <= length; at = end + 1) {
        for (end = at; end < length && text[end] != ',' && text[end] != '+'; ++end)
            continue;
        if (!set_item(&wanted, text + at, end - at, problem))
            return false;
    }
    if (wanted.protect && !wanted.sized && wanted.bytes < PROTECTED_BYTES)
        wanted.bytes = PROTECTED_BYTES;
    quarantine = wanted;
    if (tmi_started())
        tmi_check_configure();
    return true;
}

/* Who finds these bugs by itself: there are never two of each. */
static bool others_check(void)
{
    return TMI_ASAN || tmi_watcher != NULL || tmi_platform_heap_is_watched();
}

bool tmi_check_protects(void)
{
    return quarantine.protect && !others_check();
}

void tmi_check_start(bool guarded)
{
    struct tmi_checked_options options = {
        .zone_bytes = (size_t)tmi_options.redzone,
        .fill = (enum tmi_fill)tmi_options.fill,
        .fresh = (unsigned char)tmi_options.fill_fresh,
        .freed = (unsigned char)tmi_options.fill_freed,
        .slabs = tmi_start_reuses_spans(),
    };

    if (guarded && options.zone_bytes == 0)
        options.zone_bytes = TRACKMEM_ALIGNMENT;
    if (others_check()) {
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
    tmi_guard_set_bound((size_t)quarantine.bytes);
    tmi_store(&tmi_check_every, tmi_checking ? (uint32_t)tmi_options.check_every : 0);
    tmi_store(&tmi_quick,
              tmi_slabs.bytes != 0 && tmi_check_every == 0 && tmi_guard_range.bytes == 0);
}

void tmi_check_size(const struct tmi_verb *verb, size_t count, size_t size)
{
    size_t bytes;

    if (tmi_checking && (!tmi_checked_multiply(count, size, &bytes) || bytes > PTRDIFF_MAX)) {
        struct tmi_call call = tmi_call_of(verb, NULL);

        tmi_report_absurd_size(&call, count, size);
    }
}

bool tmi_check_claim(const struct tmi_verb *verb, uint32_t number, uint32_t life)
{
    struct tmi_record record;
    struct tmi_damage damage;
    struct tmi_call call;

    if (!tmi_checked_claim(number, life))
        return false;
    record = tmi_checked_record(number);
    if (TMI_LIKELY(!tmi_checked_examine(&record, false, &damage)))
        return true;
    call = tmi_call_of(verb, (const void *)record.block);
    if (!tmi_checked_settle(&record, false, &damage))
        return true;
    (void)tmi_life_set_state(tmi_checked_life(number), TMI_LIFE_LIVE);
    tmi_damage_report(&record, &damage, &call);
    return tmi_checked_claim(number, life);
}

void tmi_check_tick_slowly(const struct tmi_verb *verb, struct tmi_thread *thread)
{
    struct tmi_call call;

    if (thread == NULL || ++thread->unchecked < tmi_load(&tmi_check_every))
        return;
    thread->unchecked = 0;
    call = tmi_call_of(verb, NULL);
    (void)tmi_checked_sweep(&call);
    (void)tmi_guarding_sweep(&call);
}

void tmi_check_finish(void)
{
    struct tmi_call call = { .verb = "exit" };

    if (tmi_checking)
        (void)tmi_checked_sweep(&call);
    (void)tmi_guarding_sweep(&call);
}

void tmi_check_lock_for_fork(void)
{
    if (!tmi_checking)
        return;
    tmi_quarantine_lock_for_fork();
    tmi_records_lock_for_fork();
    tmi_slabs_lock_for_fork();
}

void tmi_check_unlock_after_fork(bool in_child)
{
    if (!tmi_checking)
        return;
    tmi_slabs_unlock_after_fork();
    tmi_records_unlock_after_fork();
    if (in_child)
        tmi_checked_after_fork();
    tmi_quarantine_unlock_after_fork(in_child);
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
    if (finding.verdict == TMI_VERDICT_LIVE && tmi_guard_owns(ptr))
        return !tmi_guarding_look(ptr, &call);
    return finding.record == 0 || !tmi_checked_look(ptr, &call);
}

size_t trackmem_check_all_at(struct trackmem_site *site)
{
    struct tmi_verb verb = {
        "trackmem_check_all", TRACKMEM_FAMILY_NONE, site, { false, NULL }, TMI_FRAME()
    };
    struct tmi_call call;

    if (!tmi_start())
        return 0;
    call = tmi_call_of(&verb, NULL);
    return (tmi_checking ? tmi_checked_sweep(&call) : 0) + tmi_guarding_sweep(&call);
}
