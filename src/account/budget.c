/*
 * account/budget.c: see budget.h. Slow paths only: once in TMI_CREDIT_BYTES of traffic a thread and
 * domain; near a limit at every operation. Functions of the program are called with no lock held.
 */
#include "account/budget.h"

#include "account/names.h"
#include "platform/self.h"

#define MOST_LEVELS 32 /* soft limits crossed by one charge that are told */

#define MOST_ASKERS 32 /* threads at once in a function that was asked to free */

/* Guards reserved_bytes of capped domains, the grants of their purses, the limits, and askers. */
static struct tmi_lock budget_lock;
static uintptr_t askers[MOST_ASKERS]; /* threads; 0: none */

/* Functions to be called when the lock is given up. */
struct calls {
    uint32_t count;
    struct tmi_domain *domains[MOST_LEVELS];
};

/* "budget" is held in all that follows, up to the next such line. */

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
                intptr_t granted = tmi_load(&purse->granted);

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

/* Those whose soft limit the change crosses; they are told later. */
static void cross_soft_limits(struct tmi_domain *domain, intptr_t change, struct calls *calls)
{
    for (; domain != NULL; domain = domain->parent) {
        if (domain->soft_crossed || !exceeds(domain, domain->soft_bytes, change))
            continue;
        domain->soft_crossed = true;
        if (domain->budget_fn != NULL && calls->count < MOST_LEVELS)
            calls->domains[calls->count++] = domain;
    }
}

static struct tmi_domain *highest_with_limit(struct tmi_domain *domain)
{
    struct tmi_domain *highest = domain;

    for (; domain != NULL; domain = domain->parent)
        if (domain->hard_bytes != 0 || domain->soft_bytes != 0)
            highest = domain;
    return highest;
}

/*
 * Reserves `need` bytes, and `spare` more if that meets no limit. Returns what was reserved; 0: a
 * hard limit refuses though all credit was called back, and *obstacle is whose it is.
 */
static intptr_t reserve(struct tmi_domain *domain, intptr_t need, intptr_t spare,
                        const struct tmi_purse *purse, struct calls *calls,
                        struct tmi_domain **obstacle)
{
    intptr_t change = need + spare;

    if (find_obstacle(domain, change, true) != NULL) {
        change = need;
        if (find_obstacle(domain, change, true) != NULL)
            call_credit_back(highest_with_limit(domain), purse);
        *obstacle = find_obstacle(domain, change, false);
        if (*obstacle != NULL)
            return 0;
        cross_soft_limits(domain, change, calls);
    }
    add_to_chain(domain, change);
    return change;
}

/* Below, the lock is taken and given up. */

static void tell(struct calls *calls, size_t requested)
{
    for (uint32_t i = 0; i < calls->count; ++i) {
        struct tmi_domain *domain = calls->domains[i];

        domain->budget_fn(&domain->handle, TRACKMEM_BUDGET_SOFT, requested, domain->budget_user);
    }
    calls->count = 0;
}

/* This thread's entry among those who are inside a function; a free one if it has none; or NULL. */
static uintptr_t *asker_entry(void)
{
    uintptr_t *free_entry = NULL;

    for (size_t i = 0; i < MOST_ASKERS; ++i) {
        if (askers[i] == tmi_self_identity())
            return &askers[i];
        if (askers[i] == 0)
            free_entry = &askers[i];
    }
    return free_entry;
}

static bool enter_asking(void)
{
    uintptr_t *entry;
    bool entered;

    tmi_platform_lock(&budget_lock);
    entry = asker_entry();
    entered = entry != NULL && *entry == 0;
    if (entered)
        *entry = tmi_self_identity();
    tmi_platform_unlock(&budget_lock);
    return entered;
}

static void leave_asking(void)
{
    tmi_platform_lock(&budget_lock);
    *asker_entry() = 0;
    tmi_platform_unlock(&budget_lock);
}

/*
 * Asks whoever set the limit to free. False: nobody is there to be asked, or this request comes
 * from somebody who was asked.
 */
static bool ask_to_free(struct tmi_domain *obstacle, size_t requested)
{
    if (obstacle->budget_fn == NULL || !enter_asking())
        return false;
    obstacle->budget_fn(&obstacle->handle, TRACKMEM_BUDGET_RECLAIM, requested,
                        obstacle->budget_user);
    leave_asking();
    return true;
}

/*
 * One attempt to grant a purse what `charged` bytes more need, or, without a purse, to reserve
 * them. NULL: it was done; else whose limit refused.
 */
static struct tmi_domain *attempt(struct tmi_domain *domain, struct tmi_purse *purse,
                                  intptr_t charged, struct calls *calls)
{
    struct tmi_domain *obstacle = NULL;
    intptr_t used = purse != NULL ? purse->used + charged : 0;
    intptr_t need = purse != NULL ? used - purse->granted : charged;
    intptr_t got = 0;

    tmi_platform_lock(&budget_lock);
    if (need > 0)
        got = reserve(domain, need, purse != NULL ? TMI_CREDIT_BYTES : 0, purse, calls, &obstacle);
    if (purse != NULL && obstacle == NULL) {
        set_grant(purse, purse->granted + got);
        purse->floor = purse->granted - 2 * TMI_CREDIT_BYTES;
        tmi_store(&purse->used, used);
    }
    tmi_platform_unlock(&budget_lock);
    return obstacle;
}

static bool take(struct tmi_domain *domain, struct tmi_purse *purse, intptr_t charged)
{
    struct calls calls = { .count = 0 };
    struct tmi_domain *obstacle = attempt(domain, purse, charged, &calls);

    tell(&calls, (size_t)charged);
    if (obstacle != NULL && ask_to_free(obstacle, (size_t)charged)) {
        obstacle = attempt(domain, purse, charged, &calls);
        tell(&calls, (size_t)charged);
    }
    return obstacle == NULL;
}

bool tmi_budget_take(struct tmi_purse *purse, intptr_t charged)
{
    return take(purse->domain, purse, charged);
}

bool tmi_budget_reserve(struct tmi_domain *domain, intptr_t charged)
{
    return take(domain, NULL, charged);
}

void tmi_budget_give_back(struct tmi_domain *domain, intptr_t charged)
{
    tmi_platform_lock(&budget_lock);
    add_to_chain(domain, -charged);
    tmi_platform_unlock(&budget_lock);
}

void tmi_budget_leave_credit(struct tmi_purse *purse, intptr_t credit)
{
    intptr_t change;

    tmi_platform_lock(&budget_lock);
    change = purse->used + credit - purse->granted;
    if (change < 0) {
        add_to_chain(purse->domain, change);
        set_grant(purse, purse->granted + change);
    }
    purse->floor = purse->granted - 2 * TMI_CREDIT_BYTES;
    tmi_platform_unlock(&budget_lock);
}

/* From here on no purse below the domain settles but under the lock. */
static void cap(struct tmi_domain *domain)
{
    tmi_platform_lock(&tmi_names_lock);
    for (uint32_t id = 1; id <= tmi_domain_count(); ++id)
        if (tmi_domain_is_below(tmi_domain_by_id(id), domain))
            tmi_store(&tmi_domain_by_id(id)->capped, true);
    tmi_platform_unlock(&tmi_names_lock);
    tmi_platform_barrier(); /* pairs with begin_settling in shard.c */
    for (struct tmi_shard *shard = tmi_shard_first(); shard != NULL;
         shard = tmi_load_acquire(&shard->next))
        for (struct tmi_purse *purse = tmi_load_acquire(&shard->purses); purse != NULL;
             purse = purse->next)
            while (tmi_domain_is_below(purse->domain, domain) &&
                   tmi_load_acquire(&purse->settling) != 0)
                tmi_platform_yield();
    call_credit_back(domain, NULL);
}

bool tmi_budget_set(struct tmi_domain *domain, size_t soft, size_t hard, trackmem_budget_fn *fn,
                    void *user)
{
    if (!tmi_platform_has_barrier())
        return false;
    tmi_platform_lock(&budget_lock);
    if (!tmi_load(&domain->capped))
        cap(domain);
    domain->soft_bytes = (intptr_t)soft;
    domain->hard_bytes = (intptr_t)hard;
    domain->budget_fn = fn;
    domain->budget_user = user;
    call_credit_back(domain, NULL);
    domain->soft_crossed = soft != 0 && tmi_load(&domain->reserved_bytes) > (intptr_t)soft;
    tmi_platform_unlock(&budget_lock);
    return true;
}

void tmi_budget_lock_for_fork(void)
{
    tmi_platform_lock(&budget_lock);
}

void tmi_budget_unlock_after_fork(void)
{
    tmi_platform_unlock(&budget_lock);
}
