/*
 * alloc/check_none.c: alloc/check.h where there is no check mode: without an operating system its
 * tables have no room.
 */
#include "alloc/check.h"

#include "alloc/options.h"
#include "trackmem/observe.h"

uint32_t tmi_check_every;

bool tmi_option_set_quarantine(const char *text, size_t length, struct tmi_option_problem *problem)
{
    *problem = (struct tmi_option_problem){ text, length, ": not on this system" };
    return false;
}

bool tmi_check_protects(void)
{
    return false;
}

void tmi_check_start(bool guarded)
{
    (void)guarded;
}

void tmi_check_configure(void)
{
}

void tmi_check_finish(void)
{
}

void tmi_check_lock_for_fork(void)
{
}

void tmi_check_unlock_after_fork(bool in_child)
{
    (void)in_child;
}

void tmi_check_size(const struct tmi_verb *verb, size_t count, size_t size)
{
    (void)verb;
    (void)count;
    (void)size;
}

void tmi_check_tick_slowly(const struct tmi_verb *verb, struct tmi_thread *thread)
{
    (void)verb;
    (void)thread;
}

bool trackmem_check_at(struct trackmem_site *site, const void *ptr)
{
    struct tmi_verb verb = {
        "trackmem_check", TRACKMEM_FAMILY_NONE, site, { false, NULL }, TMI_FRAME()
    };
    struct tmi_finding finding;

    return ptr != NULL && tmi_inspect(&verb, ptr, &finding);
}

size_t trackmem_check_all_at(struct trackmem_site *site)
{
    (void)site;
    return 0;
}

bool tmi_check_claim(const struct tmi_verb *verb, uint32_t number, uint32_t life)
{
    (void)verb;
    return tmi_checked_claim(number, life);
}
