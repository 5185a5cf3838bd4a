/*
 * alloc/fail.c: see fail.h. Allocates nothing; the lock "fail" is held for a decision only.
 */
#include "alloc/fail.h"

#include "platform/platform.h"
#include "trackmem/fail.h"

static struct {
    struct tmi_lock lock; /* guards all; rank "fail", none is taken below it */
    struct tmi_fail_rule rule;
    uint64_t seen;
    uint64_t injected;
    tmi_fail_witness_fn *witness;
    void *witness_user;
} faults;

/* A number that looks drawn by lot: SplitMix64 by Steele, Lea and Flood. */
static uint64_t draw(uint64_t seed, uint64_t number)
{
    uint64_t x = seed + number * 0x9e3779b97f4a7c15u;

    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

/* "fail" is held. Whether the request with this number, of those that match, fails. */
static bool rule_fails(const struct tmi_fail_rule *rule, uint64_t number)
{
    switch (rule->trigger) {
    case TMI_FAIL_NTH: return number == rule->n;
    case TMI_FAIL_AFTER: return number > rule->n;
    case TMI_FAIL_EVERY: return number % rule->n == 0;
    case TMI_FAIL_RATE: return (draw(rule->seed, number) & 0xffffffffu) < rule->n;
    case TMI_FAIL_NEVER: break;
    }
    return false;
}

/* The thread's own count-down: trackmem_fail_next. */
static bool is_next(struct tmi_thread *thread)
{
    if (thread->fail_in == 0 || --thread->fail_in != 0)
        return false;
    tmi_thread_end_detour(thread, TMI_DETOUR_FAIL_NEXT);
    return true;
}

bool tmi_fail_decide(struct tmi_thread *thread, struct tmi_account *account)
{
    tmi_fail_witness_fn *witness;
    void *user;
    bool fails;

    if (thread->benign_depth != 0)
        return false;
    fails = is_next(thread);
    tmi_platform_lock(&faults.lock);
    if (faults.rule.trigger != TMI_FAIL_NEVER && tmi_fail_rule_matches(&faults.rule, account))
        fails = rule_fails(&faults.rule, ++faults.seen) || fails;
    faults.injected += fails;
    witness = faults.witness;
    user = faults.witness_user;
    tmi_platform_unlock(&faults.lock);
    if (fails && witness != NULL)
        witness(account, user);
    return fails;
}

void tmi_fail_set(const struct tmi_fail_rule *rule)
{
    tmi_platform_lock(&faults.lock);
    faults.rule = *rule;
    faults.seen = 0;
    faults.injected = 0;
    tmi_platform_unlock(&faults.lock);
    if (rule->trigger != TMI_FAIL_NEVER)
        tmi_thread_detour_all(TMI_DETOUR_FAIL);
    else
        tmi_thread_end_detour_of_all(TMI_DETOUR_FAIL);
}

void tmi_fail_set_witness(tmi_fail_witness_fn *fn, void *user)
{
    tmi_platform_lock(&faults.lock);
    faults.witness = fn;
    faults.witness_user = user;
    tmi_platform_unlock(&faults.lock);
}

bool tmi_option_set_fail(const char *text, size_t length, struct tmi_option_problem *problem)
{
    struct tmi_fail_rule rule;

    if (!tmi_fail_rule_parse(text, length, &rule, problem))
        return false;
    tmi_fail_set(&rule);
    return true;
}

enum trackmem_status trackmem_fail_set(const char *rule)
{
    return tmi_options_set("fail", rule != NULL ? rule : "", "trackmem_fail_set");
}

void trackmem_fail_off(void)
{
    tmi_platform_lock(&faults.lock);
    faults.rule.trigger = TMI_FAIL_NEVER;
    tmi_platform_unlock(&faults.lock);
    tmi_thread_end_detour_of_all(TMI_DETOUR_FAIL);
}

enum trackmem_status trackmem_fail_next(uint64_t n)
{
    struct tmi_thread *thread = tmi_thread_get();

    if (thread == NULL)
        return TRACKMEM_OUT_OF_MEMORY;
    thread->fail_in = n;
    if (n != 0)
        tmi_thread_detour(thread, TMI_DETOUR_FAIL_NEXT);
    else
        tmi_thread_end_detour(thread, TMI_DETOUR_FAIL_NEXT);
    return TRACKMEM_OK;
}

void trackmem_fail_benign_begin(void)
{
    struct tmi_thread *thread = tmi_thread_get();

    if (thread != NULL)
        ++thread->benign_depth;
}

void trackmem_fail_benign_end(void)
{
    struct tmi_thread *thread = tmi_thread_get();

    if (thread != NULL && thread->benign_depth != 0)
        --thread->benign_depth;
}

uint64_t trackmem_fail_count(void)
{
    uint64_t seen;

    tmi_platform_lock(&faults.lock);
    seen = faults.seen;
    tmi_platform_unlock(&faults.lock);
    return seen;
}

uint64_t trackmem_fail_injected(void)
{
    uint64_t injected;

    tmi_platform_lock(&faults.lock);
    injected = faults.injected;
    tmi_platform_unlock(&faults.lock);
    return injected;
}

void tmi_fail_lock_for_fork(void)
{
    tmi_platform_lock(&faults.lock);
}

void tmi_fail_unlock_after_fork(void)
{
    tmi_platform_unlock(&faults.lock);
}
