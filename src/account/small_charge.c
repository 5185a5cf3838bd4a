/*
 * account/small_charge.c: what domains hold, and their limits, in the small profile.
 *
 * Called in the critical section; what is usual stands in small.h, in line. A limit of 0 is none:
 * taking 1 from both sides of a comparison makes it the greatest.
 */
#include "account/small.h"

static bool is_above(uint32_t bytes, uint32_t limit)
{
    return bytes != 0 && bytes - 1 > limit - 1;
}

/*
 * quiet_bytes is the least of the peak and the limits. So above a soft limit each charge goes the
 * general way, which sees what was charged before it, in the same critical section, and thereby
 * each crossing.
 */
void tmi_small_set_quiet(struct trackmem_domain *domain)
{
    domain->quiet_bytes = domain->peak_bytes;
    if (is_above(domain->quiet_bytes, domain->soft_bytes))
        domain->quiet_bytes = domain->soft_bytes;
    if (is_above(domain->quiet_bytes, domain->hard_bytes))
        domain->quiet_bytes = domain->hard_bytes;
}

struct trackmem_domain *tmi_small_charge(struct trackmem_domain *domain, uint32_t bytes)
{
    struct trackmem_domain *at = domain;

    for (; at != NULL; at = at->parent) {
        uint32_t now = at->charged_bytes + bytes;

        if (TMI_UNLIKELY(is_above(now, at->hard_bytes)))
            break;
        at->charged_bytes = now;
    }
    for (; domain != at; domain = domain->parent) {
        if (TMI_UNLIKELY(at != NULL))
            domain->charged_bytes -= bytes;
        else if (is_above(domain->charged_bytes, domain->soft_bytes) &&
                 domain->charged_bytes - bytes <= domain->soft_bytes)
            domain->flags |= TMI_SMALL_SOFT_CROSSED;
    }
    return at;
}

void tmi_small_uncharge_unused(struct trackmem_domain *domain, uint32_t bytes)
{
    for (; domain != NULL; domain = domain->parent) {
        domain->charged_bytes -= bytes;
        if (!is_above(domain->charged_bytes, domain->soft_bytes))
            domain->flags &= (uint8_t)~TMI_SMALL_SOFT_CROSSED;
    }
}

void tmi_small_count(uint32_t *counter)
{
    uintptr_t state = tmi_critical_enter();

    ++*counter;
    tmi_critical_leave(state);
}

bool tmi_small_settle(struct trackmem_domain *domain, const struct trackmem_domain *end)
{
    uint32_t flags = 0;

    for (; domain != end; domain = domain->parent) {
        uint32_t now = domain->charged_bytes;

        if (now > domain->peak_bytes)
            domain->peak_bytes = now;
        flags |= domain->flags;
        tmi_small_set_quiet(domain);
    }
    return (flags & TMI_SMALL_SOFT_CROSSED) != 0;
}
