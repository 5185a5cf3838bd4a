/*
 * account/budget_call.h: calls the functions that were set with budgets, with no lock held. What
 * such a function allocates calls no further one on its thread: it would not end.
 */
#ifndef TMI_ACCOUNT_BUDGET_CALL_H
#define TMI_ACCOUNT_BUDGET_CALL_H

#include <stdbool.h>

#include "account/domain.h"

/* A function as it was set when a limit stood in the way. */
struct tmi_budget_call {
    trackmem_budget_fn *fn; /* NULL: none */
    void *user;
    struct tmi_domain *domain;
};

/* False: there is no function, or this request comes from one. */
bool tmi_budget_call(const struct tmi_budget_call *call, enum trackmem_budget_event event,
                     intptr_t charged);

void tmi_budget_call_lock_for_fork(void);
void tmi_budget_call_unlock_after_fork(bool in_child);

#endif
