/*
 * account/small_charge.c: what domains hold, and their limits, in the small profile.
 *
 * Called in the critical section. A limit of 0 is none: taking 1 from both sides of a comparison
 * makes it the greatest. What is compared is above 0 wherever something lives.
 */
#include "account/small.h"

static bool is_above(uint32_t bytes, uint32_t limit)
{
    return bytes - 1 > limit - 1;
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

        if (now > domain->peak_bytes)
            domain->peak_bytes = now;
        if (TMI_UNLIKELY(is_above(now, domain->alarm_bytes))) {
            domain->alarm_bytes = 0;
            domain->flags |= TMI_SMALL_SOFT_CROSSED;
            is_soft_crossed = true;
        }
    }
    return is_soft_crossed;
}

void tmi_small_uncharge(struct trackmem_domain *domain, uint32_t bytes)
{
    for (; domain != NULL; domain = domain->parent) {
        uint32_t now = domain->charged_bytes - bytes;

        domain->charged_bytes = now;
        if (now <= domain->soft_bytes) /* armed anew; nothing changes where there is no limit */
            domain->alarm_bytes = domain->soft_bytes;
    }
}
