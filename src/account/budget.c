/*
 * account/budget.c: see budget.h. Slow paths only: once in TMI_CREDIT_BYTES of traffic a thread and
 * domain; near a limit at every operation. Functions of the program are called with no lock held.
 */
#include "account/budget.h"

#include "account/budget_call.h"
#include "account/names.h"

#define MOST_CALLS 32 /* soft limits crossed by one charge that are told */

/* What is to be called when the lock is given up. */
struct calls {
    uint32_t count;
    struct tmi_budget_call soft[MOST_CALLS];
    struct tmi_budget_call reclaim; /* its domain: whose hard limit refuses, NULL if none */
};

/* Guards reserved_bytes of capped domains, the grants of their purses, and the limits. */
static struct tmi_lock budget_lock;

/* What is asked for: `charged` bytes for a purse, or, without one, for a domain. */
struct request {
    struct tmi_domain *domain;
    struct tmi_domain *common; /* this and what is above hold it already; NULL: nobody does */
    struct tmi_purse *purse;
    intptr_t charged;
};

/* "budget" is held in all that follows, up to the next such line. */

static void add_to_chain(struct tmi_domain *domain, const struct tmi_domain *end, intptr_t change)
{
    for (; domain != end; domain = domain->parent) {
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

/* The first domain whose hard limit, or soft limit that was not crossed yet, is in the way. */
static struct tmi_domain *find_obstacle(const struct request *request, intptr_t change, bool soft)
{
    for (struct tmi_domain *domain = request->domain; domain != request->common;
         domain = domain->parent)
        if (exceeds(domain, domain->hard_bytes, change) ||
            (soft && !domain->soft_crossed && exceeds(domain, domain->soft_bytes, change)))
            return domain;
    return NULL;
}

/*
 * Whether no credit may be left, and every free is to be noticed: a soft limit is crossed by so
 * little that they would hide that it is no longer, or a hard limit was set below what lives, and
 * what is freed then is not for new blocks.
 */
static bool counts_every_byte(const struct tmi_domain *domain, intptr_t credit)
{
    for (; domain != NULL; domain = domain->parent) {
        intptr_t used = tmi_load(&domain->reserved_bytes) - credit;

        if ((domain->soft_crossed && used <= domain->soft_bytes + 2 * TMI_CREDIT_BYTES) ||
            (domain->hard_bytes != 0 && used > domain->hard_bytes))
            return true;
    }
    return false;
}

static void set_grant(struct tmi_purse *purse, intptr_t granted)
{
    tmi_store(&purse->granted, granted);
    tmi_store(&purse->limit, granted);
}

static void set_floor(struct tmi_purse *purse, bool notice_every_free)
{
    tmi_store(&purse->floor, purse->granted - (notice_every_free ? 0 : 2 * TMI_CREDIT_BYTES));
}

static bool notice_every_free(struct tmi_purse *purse)
{
    set_floor(purse, true);
    return true;
}

typedef bool purse_fn(struct tmi_purse *purse);

/* Whether fn was true for any purse below a domain, but for one. */
static bool for_purses_below(const struct tmi_domain *domain, const struct tmi_purse *but,
                             purse_fn *fn)
{
    bool any = false;

    for (struct tmi_shard *shard = tmi_shard_first(); shard != NULL;
         shard = tmi_load_acquire(&shard->next))
        for (struct tmi_purse *purse = tmi_load_acquire(&shard->purses); purse != NULL;
             purse = purse->next)
            if (purse != but && tmi_domain_is_below(purse->domain, domain) && fn(purse))
                any = true;
    return any;
}

/*
 * Lowers the grant to what is used as far as we see. More used than granted is a charge that its
 * owner is about to undo: then there is no credit, since it was called back before.
 */
static bool recall(struct tmi_purse *purse)
{
    intptr_t used = tmi_load(&purse->used);
    intptr_t granted = tmi_load(&purse->granted);

    if (used >= granted)
        return false;
    purse->recalled = granted - used;
    set_grant(purse, used);
    return true;
}

/*
 * After the barrier: leaves what was taken meanwhile. A charge that is about to be undone is in
 * there too, and is not lost: its owner asks again, on the slow path, and is served from that.
 */
static bool finish_recall(struct tmi_purse *purse)
{
    intptr_t granted = tmi_load(&purse->granted);
    intptr_t taken = tmi_load(&purse->used) - granted;

    if (purse->recalled == 0)
        return false;
    taken = taken < 0 ? 0 : taken;
    taken = taken > purse->recalled ? purse->recalled : taken;
    set_grant(purse, granted + taken);
    add_to_chain(purse->domain, NULL, taken - purse->recalled);
    purse->recalled = 0;
    return true;
}

/*
 * Takes the credit of all purses below a domain but one. After the barrier every owner sees the
 * lowered limit before it takes more, and we see what it took until then.
 */
static void call_credit_back(const struct tmi_domain *domain, const struct tmi_purse *but)
{
    if (!for_purses_below(domain, but, recall))
        return;
    tmi_platform_barrier();
    (void)for_purses_below(domain, but, finish_recall);
}

/* Those whose soft limit the change crosses; they are told later. */
static void cross_soft_limits(const struct request *request, intptr_t change, struct calls *calls)
{
    for (struct tmi_domain *domain = request->domain; domain != request->common;
         domain = domain->parent) {
        if (domain->soft_crossed || !exceeds(domain, domain->soft_bytes, change))
            continue;
        domain->soft_crossed = true;
        if (domain->budget_fn != NULL && calls->count < MOST_CALLS)
            calls->soft[calls->count++] = (struct tmi_budget_call){ domain->budget_fn,
                                                                    domain->budget_user, domain };
    }
}

static const struct tmi_domain *highest_with_limit(const struct request *request)
{
    const struct tmi_domain *highest = request->domain;

    for (const struct tmi_domain *domain = highest; domain != request->common;
         domain = domain->parent)
        if (domain->hard_bytes != 0 || domain->soft_bytes != 0)
            highest = domain;
    return highest;
}

/*
 * Reserves `need` bytes, and credit beyond if that meets no limit. Returns what was reserved; 0: a
 * hard limit refuses though all credit was called back.
 */
static intptr_t reserve(const struct request *request, intptr_t need, struct calls *calls)
{
    bool plain = request->purse != NULL && request->common == NULL &&
                 !counts_every_byte(request->domain, -need);
    intptr_t change = need + (plain ? TMI_CREDIT_BYTES : 0);

    if (find_obstacle(request, change, true) != NULL) {
        struct tmi_domain *obstacle;

        change = need;
        if (find_obstacle(request, change, true) != NULL)
            call_credit_back(highest_with_limit(request),
                             request->common == NULL ? request->purse : NULL);
        obstacle = find_obstacle(request, change, false);
        if (obstacle != NULL) {
            calls->reclaim = (struct tmi_budget_call){ obstacle->budget_fn, obstacle->budget_user,
                                                       obstacle };
            return 0;
        }
        cross_soft_limits(request, change, calls);
    }
    add_to_chain(request->domain, request->common, change);
    return change;
}

/* Whether a request was granted: the purse has it then. */
static bool grant(const struct request *request, struct calls *calls)
{
    struct tmi_purse *purse = request->purse;
    intptr_t need = request->charged;

    calls->reclaim.domain = NULL;
    if (purse != NULL && request->common == NULL)
        need = purse->used + request->charged - tmi_load(&purse->granted);
    if (need > 0)
        need = reserve(request, need, calls);
    else
        need = 0;
    if (calls->reclaim.domain != NULL)
        return false;
    if (purse != NULL) {
        set_grant(purse, tmi_load(&purse->granted) + need);
        tmi_store(&purse->used, purse->used + request->charged);
        set_floor(purse, counts_every_byte(purse->domain, purse->granted - purse->used));
    }
    return true;
}

/* Below, the lock is taken and given up. */

/*
 * Grants a request; refused, it asks whoever set the limit to free, the limits from below, each
 * once, and tries again.
 */
static bool take(const struct request *request)
{
    struct calls calls = { .count = 0 };
    const struct tmi_domain *asked = NULL;
    bool granted = false;

    for (int rounds = 0; rounds < MOST_CALLS; ++rounds) {
        tmi_platform_lock(&budget_lock);
        granted = grant(request, &calls);
        tmi_platform_unlock(&budget_lock);
        for (uint32_t i = 0; i < calls.count; ++i)
            (void)tmi_budget_call(&calls.soft[i], TRACKMEM_BUDGET_SOFT, request->charged);
        calls.count = 0;
        if (granted || calls.reclaim.domain == asked ||
            !tmi_budget_call(&calls.reclaim, TRACKMEM_BUDGET_RECLAIM, request->charged))
            break;
        asked = calls.reclaim.domain;
    }
    if (!granted)
        (void)tmi_add(&calls.reclaim.domain->refused, 1);
    return granted;
}

bool tmi_budget_take(struct tmi_purse *purse, intptr_t charged)
{
    return take(&(struct request){ purse->domain, NULL, purse, charged });
}

bool tmi_budget_reserve(struct tmi_domain *domain, intptr_t charged)
{
    return take(&(struct request){ domain, NULL, NULL, charged });
}

void tmi_budget_give_back(struct tmi_domain *domain, intptr_t charged)
{
    tmi_platform_lock(&budget_lock);
    add_to_chain(domain, NULL, -charged);
    tmi_platform_unlock(&budget_lock);
}

void tmi_budget_force(struct tmi_domain *domain, struct tmi_purse *purse, intptr_t charged)
{
    tmi_platform_lock(&budget_lock);
    add_to_chain(domain, NULL, charged);
    if (purse != NULL) {
        set_grant(purse, purse->granted + charged);
        tmi_store(&purse->used, purse->used + charged);
    }
    tmi_platform_unlock(&budget_lock);
}

void tmi_budget_leave_credit(struct tmi_purse *purse, intptr_t credit)
{
    intptr_t granted;
    intptr_t change;
    bool notice;

    tmi_platform_lock(&budget_lock);
    granted = tmi_load(&purse->granted);
    notice = counts_every_byte(purse->domain, granted - purse->used);
    change = purse->used + (notice ? 0 : credit) - granted;
    if (change < 0) {
        add_to_chain(purse->domain, NULL, change);
        set_grant(purse, granted + change);
    }
    set_floor(purse, notice);
    tmi_platform_unlock(&budget_lock);
}

static struct tmi_domain *common_ancestor(struct tmi_domain *a, const struct tmi_domain *b)
{
    while (!tmi_domain_is_below(b, a))
        a = a->parent;
    return a;
}

bool tmi_budget_move(struct tmi_purse *from, struct tmi_purse *to, intptr_t charged)
{
    struct tmi_domain *common = common_ancestor(from->domain, to->domain);

    if (!take(&(struct request){ to->domain, common, to, charged }))
        return false;
    tmi_platform_lock(&budget_lock);
    add_to_chain(from->domain, common, -charged);
    set_grant(from, tmi_load(&from->granted) - charged);
    tmi_store(&from->used, from->used - charged);
    set_floor(from, counts_every_byte(from->domain, from->granted - from->used));
    tmi_platform_unlock(&budget_lock);
    return true;
}

static bool wait_until_settled(struct tmi_purse *purse)
{
    while (tmi_load_acquire(&purse->settling) != 0)
        tmi_platform_yield();
    return true;
}

/* From here on no purse below the domain settles but under the lock, which is held. */
static void cap(const struct tmi_domain *domain)
{
    tmi_platform_lock(&tmi_names_lock);
    for (uint32_t id = 1; id <= tmi_domain_count(); ++id)
        if (tmi_domain_is_below(tmi_domain_by_id(id), domain))
            tmi_store(&tmi_domain_by_id(id)->capped, true);
    tmi_platform_unlock(&tmi_names_lock);
    tmi_platform_barrier(); /* pairs with begin_settling in shard.c */
    (void)for_purses_below(domain, NULL, wait_until_settled);
}

bool tmi_budget_set(struct tmi_domain *domain, size_t soft, size_t hard, trackmem_budget_fn *fn,
                    void *user)
{
    if (!tmi_platform_has_barrier())
        return false;
    tmi_platform_lock(&budget_lock);
    if (!tmi_load(&domain->capped))
        cap(domain);
    tmi_store(&domain->soft_bytes, (intptr_t)soft);
    tmi_store(&domain->hard_bytes, (intptr_t)hard);
    domain->budget_fn = fn;
    domain->budget_user = user;
    call_credit_back(domain, NULL);
    domain->soft_crossed = soft != 0 && tmi_load(&domain->reserved_bytes) > (intptr_t)soft;
    if (counts_every_byte(domain, 0))
        (void)for_purses_below(domain, NULL, notice_every_free);
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
