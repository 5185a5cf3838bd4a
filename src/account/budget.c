/*
 * account/budget.c: see budget.h. Slow paths only: once in TMI_CREDIT_BYTES of traffic a thread and
 * domain; near a limit at every operation. Functions of the program are called with no lock held.
 */
#include "account/budget.h"

#include "platform/platform.h"

#define MOST_LEVELS 32 /* soft limits crossed by one charge that are told */

/* Guards reserved_bytes of capped domains, the grants of their purses, and the limits. */
static struct tmi_lock budget_lock;

/* Functions to be called when the lock is given up. */
struct calls {
    uint32_t count;
    struct tmi_domain *domains[MOST_LEVELS];
};

/* "budget" is held in all that follows, up to tmi_budget_take. */

static void add_to_chain(struct tmi_domain *domain, intptr_t change)
{
    for (; domain != NULL; domain = domain->parent) {
        intptr_t before = tmi_add(&domain->reserved_bytes, change);

        tmi_raise(&domain->peak_bytes, before);
        if (domain->soft_crossed && before + change <= domain->soft_bytes)
            domain->soft_crossed = false;
    }
}

static bool exceeds(const struct tmi_domain *domain, intptr_t limit, intptr_t change)
{
    return limit != 0 && tmi_load(&domain->reserved_bytes) > limit - change;
}

/* The first ancestor whose hard limit, or soft limit that was not crossed yet, is in the way. */
static struct tmi_domain *find_obstacle(struct tmi_domain *domain, intptr_t change, bool soft)
{
    for (; domain != NULL; domain = domain->parent)
        if (exceeds(domain, domain->hard_bytes, change) ||
            (soft && !domain->soft_crossed && exceeds(domain, domain->soft_bytes, change)))
            return domain;
    return NULL;
}

static void set_grant(struct tmi_purse *purse, intptr_t granted)
{
    tmi_store(&purse->granted, granted);
    tmi_store(&purse->limit, granted);
}

/*
 * Takes the credit of all purses below a domain but one. Lowers each grant to what is used as far
 * as we see; after the barrier every owner sees the new limit before it takes more, and we see what
 * it took until then.
 */
static void call_credit_back(struct tmi_domain *domain, const struct tmi_purse *but)
{
    for (int pass = 0; pass < 2; ++pass) {
        for (struct tmi_shard *shard = tmi_shard_first(); shard != NULL;
             shard = tmi_load_acquire(&shard->next)) {
            for (struct tmi_purse *purse = tmi_load_acquire(&shard->purses); purse != NULL;
                 purse = purse->next) {
                intptr_t used = tmi_load(&purse->used);
                intptr_t granted = purse->granted;

                if (purse == but || !tmi_domain_is_below(purse->domain, domain))
                    continue;
                if (pass == 0 && used < granted) {
                    purse->recalled = granted - used;
                    set_grant(purse, used);
                } else if (pass == 1 && purse->recalled != 0) {
                    intptr_t taken = used - granted; /* meanwhile; at most what we recalled */

                    taken = taken < 0 ? 0 : taken;
                    taken = taken > purse->recalled ? purse->recalled : taken;
                    set_grant(purse, granted + taken);
                    add_to_chain(purse->domain, taken - purse->recalled);
                    purse->recalled = 0;
                }
            }
        }
        if (pass == 0)
            tmi_platform_barrier();
    }
}
