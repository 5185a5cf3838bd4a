/*
 * account/budget.h: limits on what a domain and its descendants hold.
 *
 * A domain is capped once it or an ancestor ever had a budget, for good. What is reserved in capped
 * domains changes under the lock "budget" (rank: above "names"), so a sum that is compared with a
 * limit is exact: R never exceeds a hard limit, and what is used never exceeds R. Before a refusal
 * the credit that other threads hold under the domain is called back, and its function is asked to
 * free.
 */
#ifndef TMI_ACCOUNT_BUDGET_H
#define TMI_ACCOUNT_BUDGET_H

#include "account/shard.h"

/* Sets, changes or (all 0) removes a budget. False: the system has no barrier for all threads. */
bool tmi_budget_set(struct tmi_domain *domain, size_t soft, size_t hard, trackmem_budget_fn *fn,
                    void *user);

/* As tmi_purse_take, for the purse of a capped domain. */
bool tmi_budget_take(struct tmi_purse *purse, intptr_t charged);

/* Gives back all credit of such a purse but this much. */
void tmi_budget_leave_credit(struct tmi_purse *purse, intptr_t credit);

/* Reserves without a purse, and gives that back. False: refused. */
bool tmi_budget_reserve(struct tmi_domain *domain, intptr_t charged);
void tmi_budget_give_back(struct tmi_domain *domain, intptr_t charged);

/* Reserves beyond any limit, by the purse if there is one. */
void tmi_budget_force(struct tmi_domain *domain, struct tmi_purse *purse, intptr_t charged);

/*
 * Moves a charge from one capped domain to another, both by purses of this thread: what they have
 * in common above holds it all the time, once. False: refused, and nothing was moved.
 */
bool tmi_budget_move(struct tmi_purse *from, struct tmi_purse *to, intptr_t charged);

void tmi_budget_lock_for_fork(void);
void tmi_budget_unlock_after_fork(void);

#endif
