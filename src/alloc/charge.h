/*
 * alloc/charge.h: which account a call charges, and charging it: by the thread's shard, or, where a
 * thread has none, directly.
 */
#ifndef TMI_ALLOC_CHARGE_H
#define TMI_ALLOC_CHARGE_H

#include "alloc/thread.h"

/* The domain that a verb names; for verbs without `_in`, none. */
struct tmi_target {
    bool named;
    struct trackmem_domain *domain;
};

/*
 * The account of a call. A destroyed domain is reported once, and its nearest living ancestor
 * charged. thread may be NULL.
 */
struct tmi_account *tmi_account_for_call(struct tmi_thread *thread, struct trackmem_site *site,
                                         struct tmi_target target, const char *verb);

/* The domain, or the nearest ancestor that was not destroyed; that is reported once. */
struct tmi_domain *tmi_domain_living(struct tmi_domain *domain, struct trackmem_site *site,
                                     const char *verb);

/*
 * Charges size bytes and the overhead that goes with them; and takes the charge back. False: a
 * budget refuses, and nothing is charged. Calls the functions of budgets, so hold nothing.
 */
bool tmi_charge(struct tmi_thread *thread, struct tmi_account *account, size_t size,
                size_t overhead);
void tmi_uncharge(struct tmi_thread *thread, struct tmi_account *account, size_t size,
                  size_t overhead);

/*
 * The two parts of that: room in the domain, and the counts of the account. Who reserves before
 * it counts can fail before anything was taken from the backend.
 */
bool tmi_reserve(struct tmi_thread *thread, struct tmi_account *account, size_t charged);
/* For what is there already, when a budget was set just now: it counts as what lived before. */
void tmi_reserve_anyway(struct tmi_thread *thread, struct tmi_account *account, size_t charged);
void tmi_unreserve(struct tmi_thread *thread, struct tmi_account *account, size_t charged);
void tmi_count(struct tmi_thread *thread, struct tmi_account *account, size_t size,
               size_t overhead);
void tmi_uncount(struct tmi_thread *thread, struct tmi_account *account, size_t size,
                 size_t overhead);

#endif
