/*
 * alloc/charge.c: see charge.h. Takes "names" for new sites, domains and accounts.
 */
#include "alloc/charge.h"

#include "account/budget.h"
#include "alloc/start.h"
#include "report/report.h"

struct tmi_domain *tmi_domain_living(struct tmi_domain *domain, struct trackmem_site *site,
                                     const char *verb)
{
    while (TMI_UNLIKELY(tmi_load(&domain->destroyed))) {
        if (!tmi_load(&domain->end_reported)) {
            struct tmi_call call = { .verb = verb, .here = tmi_site_of(site)->place };

            tmi_store(&domain->end_reported, true);
            tmi_report_destroyed_domain(&call, &domain->handle);
        }
        domain = domain->parent;
    }
    return domain;
}

static struct tmi_account *default_account(struct trackmem_site *site, const char *verb)
{
    uint32_t id = tmi_load_acquire(&site->account); /* pairs with the store below */
    struct tmi_account *account = id != 0 ? tmi_account_by_id(id) : NULL;
    struct tmi_domain *domain;

    if (account != NULL && !tmi_load(&account->domain->destroyed))
        return account;
    domain = tmi_domain_of(site->domain);
    account = tmi_account_of(tmi_site_of(site), tmi_domain_living(domain, site, verb));
    if (account->domain == domain && tmi_load(&domain->backend) == 0) {
        tmi_store(&domain->has_cached_sites, true);
        tmi_store_release(&site->account, account->id);
        tmi_fence(); /* pairs with trackmem_domain_destroy_at: one of the two sees the other */
        if (tmi_load(&domain->destroyed))
            tmi_store(&site->account, 0);
    }
    return account;
}

/* For the hot paths: unless the domain has ended, or one got no number for want of memory. */
static void remember(struct tmi_thread *thread, const struct trackmem_site *site,
                     const struct trackmem_domain *domain, const struct tmi_account *account)
{
    uint64_t pair = tmi_recent_pair(site, domain);
    struct tmi_recent *recent = tmi_recent_slot(thread, pair);

    if (tmi_load(&site->id) == 0 || account->domain->handle.id != tmi_load(&domain->id) ||
        tmi_load(&account->domain->backend) != 0)
        return;
    recent->pair = pair;
    recent->domain = account->domain;
    recent->account = account->id;
}

struct tmi_account *tmi_account_for_call(struct tmi_thread *thread, struct trackmem_site *site,
                                         struct tmi_target target, const char *verb)
{
    struct trackmem_domain *object = target.named ? target.domain : NULL;
    struct tmi_account *account;

    if (object == NULL && thread != NULL && thread->scope != NULL)
        object = &thread->scope->handle;
    if (object == NULL)
        return default_account(site, verb);
    account = tmi_account_of(tmi_site_of(site),
                             tmi_domain_living(tmi_domain_of(object), site, verb));
    if (thread != NULL)
        remember(thread, site, object, account);
    return account;
}

/* Reports take a header for each block; what a block has more, or less (adopted), stands here. */
static void move_pad(struct tmi_account *account, size_t overhead, int sign)
{
    intptr_t pad = (intptr_t)overhead - (intptr_t)TMI_HEADER_BYTES;

    if (TMI_UNLIKELY(pad != 0))
        (void)tmi_add(&account->domain->pad_bytes, pad * sign);
}

static struct tmi_cell *cell_of(struct tmi_thread *thread, const struct tmi_account *account)
{
    return thread != NULL ? tmi_shard_cell(&thread->shard, account->id) : NULL;
}

bool tmi_reserve(struct tmi_thread *thread, struct tmi_account *account, size_t charged)
{
    struct tmi_cell *cell = cell_of(thread, account);

    if (cell == NULL)
        return tmi_account_reserve_directly(account, charged);
    return tmi_purse_take_granted(cell->purse, (intptr_t)charged) ||
           tmi_purse_take(cell->purse, (intptr_t)charged);
}

void tmi_reserve_anyway(struct tmi_thread *thread, struct tmi_account *account, size_t charged)
{
    struct tmi_cell *cell;

    if (!tmi_load(&account->domain->capped) && tmi_reserve(thread, account, charged))
        return;
    cell = cell_of(thread, account);
    tmi_budget_force(account->domain, cell != NULL ? cell->purse : NULL, (intptr_t)charged);
}

void tmi_unreserve(struct tmi_thread *thread, struct tmi_account *account, size_t charged)
{
    struct tmi_cell *cell = cell_of(thread, account);

    if (cell == NULL)
        tmi_account_unreserve_directly(account, charged);
    else
        tmi_purse_give(cell->purse, (intptr_t)charged);
}

void tmi_count(struct tmi_thread *thread, struct tmi_account *account, size_t size, size_t overhead)
{
    struct tmi_cell *cell = cell_of(thread, account);

    move_pad(account, overhead, 1);
    if (cell != NULL)
        tmi_cell_count(cell, size);
    else
        tmi_account_count_directly(account, size);
}

void tmi_uncount(struct tmi_thread *thread, struct tmi_account *account, size_t size,
                 size_t overhead)
{
    struct tmi_cell *cell = cell_of(thread, account);

    move_pad(account, overhead, -1);
    if (cell != NULL)
        tmi_cell_uncount(cell, size);
    else
        tmi_account_uncount_directly(account, size);
}

bool tmi_charge(struct tmi_thread *thread, struct tmi_account *account, size_t size,
                size_t overhead)
{
    if (!tmi_reserve(thread, account, size + overhead))
        return false;
    tmi_count(thread, account, size, overhead);
    return true;
}

void tmi_uncharge(struct tmi_thread *thread, struct tmi_account *account, size_t size,
                  size_t overhead)
{
    tmi_uncount(thread, account, size, overhead);
    tmi_unreserve(thread, account, size + overhead);
}
