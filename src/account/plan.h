/*
 * account/plan.h: budgets of domains that need not exist yet: option budget=...
 */
#ifndef TMI_ACCOUNT_PLAN_H
#define TMI_ACCOUNT_PLAN_H

#include "account/domain.h"

#define TMI_PLANS      (TMI_SMALL ? 4 : 32)
#define TMI_PLAN_BYTES (TMI_SMALL ? 128 : 1024)

/* A hard limit for the domain of this path; "" is the process. */
struct tmi_plan {
    uint16_t path; /* where it starts in the text */
    uint16_t length;
    intptr_t hard_bytes;
};

struct tmi_plans {
    size_t count;
    struct tmi_plan plans[TMI_PLANS];
    char text[TMI_PLAN_BYTES];
};

/* Replaces all plans, for domains to come. Takes "names". */
void tmi_plan_set(const struct tmi_plans *plans);

/* The hard limit of a domain that is being made; 0: none. "names" is held. */
intptr_t tmi_plan_for(const struct tmi_domain *parent, const char *name);

#endif
