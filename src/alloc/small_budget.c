/*
 * alloc/small_budget.c: limits and refusals in the small profile: what is counted, whom they are
 * told to, and which functions of the program are called; with no lock held.
 */
#include "alloc/small.h"

static void tell(const void *caller, const struct trackmem_domain *domain, size_t bytes,
                 enum trackmem_small_event kind)
{
    if (tmi_small_outlets.event != NULL)
        tmi_small_outlets.event(&(struct tmi_small_event){ kind, domain, bytes, caller, 0 });
}

void *tmi_small_refuse(const void *caller, struct trackmem_domain *domain, size_t size,
                       enum trackmem_small_event why)
{
    domain = tmi_small_domain(domain);
    if (why != TRACKMEM_SMALL_REFUSED_ON_PURPOSE)
        tmi_small_count(&domain->failures);
    tell(caller, domain, size, why);
    return NULL;
}

/* Whether the function of a domain's budget was called. */
static bool call_function(struct trackmem_domain *domain, enum trackmem_budget_event event,
                          size_t bytes)
{
    trackmem_budget_fn *fn = (trackmem_budget_fn *)domain->budget_fn;
    struct trackmem_task *task = trackmem_task_current();

    if (fn == NULL || task->in_budget_fn)
        return false;
    task->in_budget_fn = true;
    fn(domain, event, bytes, domain->budget_user);
    task->in_budget_fn = false;
    return true;
}

bool tmi_small_reserve(const void *caller, struct trackmem_domain *domain, uint32_t bytes)
{
    struct trackmem_domain *asked = NULL;

    for (;;) {
        uintptr_t state = tmi_critical_enter();
        struct trackmem_domain *refuser = tmi_small_charge(domain, bytes);

        tmi_critical_leave(state);
        if (TMI_LIKELY(refuser == NULL))
            return true;
        /* Those below have room, or were asked before: each is asked once. */
        if (!tmi_small_is_below(asked, refuser) && refuser != asked &&
            call_function(refuser, TRACKMEM_BUDGET_RECLAIM, bytes)) {
            asked = refuser;
            continue;
        }
        tmi_small_count(&domain->failures);
        tmi_small_count(&refuser->refused);
        tell(caller, refuser, bytes, TRACKMEM_SMALL_REFUSED_BY_BUDGET);
        return false;
    }
}

void tmi_small_unreserve(struct trackmem_domain *domain, uint32_t bytes)
{
    uintptr_t state = tmi_critical_enter();

    tmi_small_uncharge_unused(domain, bytes);
    tmi_critical_leave(state);
}

void tmi_small_tell_soft(const void *caller, struct trackmem_domain *domain, size_t bytes)
{
    for (; domain != NULL; domain = domain->parent) {
        uintptr_t state = tmi_critical_enter();
        bool crossed = (domain->flags & TMI_SMALL_SOFT_CROSSED) != 0;

        domain->flags &= (uint8_t)~TMI_SMALL_SOFT_CROSSED;
        tmi_critical_leave(state);
        if (!crossed)
            continue;
        tell(caller, domain, bytes, TRACKMEM_SMALL_SOFT_CROSSED);
        call_function(domain, TRACKMEM_BUDGET_SOFT, bytes);
    }
}

bool tmi_small_ask_for_memory(const void *caller, struct trackmem_domain *domain, size_t size)
{
    return tmi_small.out_of_memory != NULL &&
           tmi_small.out_of_memory(size, domain, caller, tmi_small.out_of_memory_user);
}

enum trackmem_status trackmem_domain_set_budget(struct trackmem_domain *domain, size_t soft_bytes,
                                                size_t hard_bytes, trackmem_budget_fn *fn,
                                                void *user)
{
    enum trackmem_status status;
    uintptr_t state;

    if ((hard_bytes != 0 && soft_bytes > hard_bytes) || hard_bytes > UINT32_MAX ||
        soft_bytes > UINT32_MAX)
        return TRACKMEM_INVALID;
    status = tmi_small_resolve(&domain);
    if (status != TRACKMEM_OK)
        return status;
    state = tmi_critical_enter();
    domain->soft_bytes = (uint32_t)soft_bytes;
    domain->hard_bytes = (uint32_t)hard_bytes;
    tmi_small_set_quiet(domain);
    domain->budget_fn = (void (*)(void))fn;
    domain->budget_user = user;
    tmi_critical_leave(state);
    return TRACKMEM_OK;
}

void trackmem_set_out_of_memory_handler(trackmem_out_of_memory_fn *fn, void *user)
{
    uintptr_t state = tmi_critical_enter();

    tmi_small.out_of_memory = fn;
    tmi_small.out_of_memory_user = user;
    tmi_critical_leave(state);
}
