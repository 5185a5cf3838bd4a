/*
 * alloc/small_fail.c: fault injection in the small profile: nth, after and every, for the whole
 * program. A program that does not call it does not link it.
 */
#include "trackmem/fail.h"

#include "alloc/small.h"

enum trigger { NEVER, NTH, AFTER, EVERY };

static struct {
    enum trigger trigger;
    uint32_t n;
    uint32_t next;   /* trackmem_fail_next: how many allocations from now; 0: none */
    uint32_t benign; /* how deep */
    uint32_t count;
    uint32_t injected;
} fail;

static bool matches(void)
{
    switch (fail.trigger) {
    case NTH: return fail.count == fail.n;
    case AFTER: return fail.count > fail.n;
    case EVERY: return fail.count % fail.n == 0;
    case NEVER: break;
    }
    return false;
}

static bool fails(void)
{
    uintptr_t state = tmi_critical_enter();
    bool does = false;

    if (fail.benign == 0) {
        does = fail.next != 0 && --fail.next == 0;
        fail.count += fail.trigger != NEVER;
        does = (fail.trigger != NEVER && matches()) || does;
        fail.injected += does;
    }
    tmi_critical_leave(state);
    return does;
}

/* What follows a key such as "nth:", a number of at most nine digits; false: something else. */
static bool parse(const char *rule, const char *key, uint32_t *number)
{
    int digits = 0;

    while (*key != '\0')
        if (*rule++ != *key++)
            return false;
    for (*number = 0; *rule >= '0' && *rule <= '9' && digits < 9; ++digits)
        *number = *number * 10 + (uint32_t)(*rule++ - '0');
    return *rule == '\0' && digits != 0;
}

static void set(enum trigger trigger, uint32_t n)
{
    uintptr_t state = tmi_critical_enter();

    fail.trigger = trigger;
    fail.n = n;
    if (trigger != NEVER)
        fail.count = fail.injected = 0;
    tmi_small_set_fails(trigger != NEVER || fail.next != 0 ? fails : NULL);
    tmi_critical_leave(state);
}

enum trackmem_status trackmem_fail_set(const char *rule)
{
    uint32_t n;

    if (rule == NULL || rule[0] == '\0')
        set(NEVER, 0);
    else if (parse(rule, "nth:", &n) && n != 0)
        set(NTH, n);
    else if (parse(rule, "after:", &n))
        set(AFTER, n);
    else if (parse(rule, "every:", &n) && n != 0)
        set(EVERY, n);
    else
        return TRACKMEM_INVALID;
    return TRACKMEM_OK;
}

void trackmem_fail_off(void)
{
    set(NEVER, 0);
}

enum trackmem_status trackmem_fail_next(uint64_t n)
{
    if (n > UINT32_MAX)
        return TRACKMEM_INVALID;
    fail.next = (uint32_t)n;
    if (n != 0)
        tmi_small_set_fails(fails);
    return TRACKMEM_OK;
}

void trackmem_fail_benign_begin(void)
{
    ++fail.benign;
}

void trackmem_fail_benign_end(void)
{
    --fail.benign;
}

uint64_t trackmem_fail_count(void)
{
    return fail.count;
}

uint64_t trackmem_fail_injected(void)
{
    return fail.injected;
}
