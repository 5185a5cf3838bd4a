/*
 * account/small_charge.c: what domains hold, and their limits, in the small profile.
 *
 * Called in the critical section; what is usual stands in small.h, in line. A limit of 0 is none: taking 1 from both sides of a comparison
 * makes it the greatest. What is compared is above 0 wherever something lives.
 */
#include "account/small.h"

static bool is_above(uint32_t bytes, uint32_t limit)
{
    return bytes - 1 > limit - 1;
}

/*
 * quiet_bytes is the least of what is to be noticed when it is exceeded: the peak, which no hard
 * limit is below, and a soft limit that is not crossed. calm_bytes is 0 unless one is.
 */
void tmi_small_set_thresholds(struct trackmem_domain *domain)
{
    bool is_crossed = is_above(domain->charged_bytes, domain->soft_bytes);

    domain->quiet_bytes = domain->peak_bytes;
    if (domain->soft_bytes != 0 && !is_crossed && domain->soft_bytes < domain->quiet_bytes)
        domain->quiet_bytes = domain->soft_bytes;
    if (domain->hard_bytes != 0 && domain->hard_bytes < domain->quiet_bytes)
        domain->quiet_bytes = domain->hard_bytes;
    domain->calm_bytes = is_crossed ? domain->soft_bytes + 1 : 0;
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
    if (TMI_UNLIKELY(at != NULL))
        for (; domain != at; domain = domain->parent)
            domain->charged_bytes -= bytes;
    return at;
}

bool tmi_small_settle(struct trackmem_domain *domain)
{
    bool is_soft_crossed = false;

    for (; domain != NULL; domain = domain->parent) {
        uint32_t now = domain->charged_bytes;

        if (now <= domain->quiet_bytes)
            continue;
        if (now > domain->peak_bytes)
            domain->peak_bytes = now;
        if (is_above(now, domain->soft_bytes) && domain->calm_bytes == 0) {
            domain->flags |= TMI_SMALL_SOFT_CROSSED;
            is_soft_crossed = true;
        }
        tmi_small_set_thresholds(domain);
    }
    return is_soft_crossed;
}
