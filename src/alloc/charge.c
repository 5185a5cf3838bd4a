/*
 * alloc/charge.c: see charge.h. Takes "names" for new sites, domains and accounts.
 */
#include "alloc/charge.h"

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
    if (account->domain == domain) {
        tmi_store(&domain->has_cached_sites, true);
        tmi_store_release(&site->account, account->id);
    }
    return account;
}

/* For the hot paths: unless the domain has ended, or one got no number for want of memory. */
static void remember(struct tmi_thread *thread, const struct trackmem_site *site,
                     const struct trackmem_domain *domain, const struct tmi_account *account)
{
    uint64_t pair = tmi_recent_pair(site, domain);
    struct tmi_recent *recent = tmi_recent_slot(thread, pair);

    if (tmi_load(&site->id) == 0 || account->domain->handle.id != tmi_load(&domain->id))
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

void tmi_charge(struct tmi_thread *thread, struct tmi_account *account, size_t size,
                size_t overhead)
{
    struct tmi_cell *cell = thread != NULL ? tmi_shard_cell(&thread->shard, account->id) : NULL;

    move_pad(account, overhead, 1);
    if (cell != NULL)
        tmi_cell_charge(cell, size, size + overhead);
    else
        tmi_account_charge_directly(account, size, size + overhead);
}

void tmi_uncharge(struct tmi_thread *thread, struct tmi_account *account, size_t size,
                  size_t overhead)
{
    struct tmi_cell *cell = thread != NULL ? tmi_shard_cell(&thread->shard, account->id) : NULL;

    move_pad(account, overhead, -1);
    if (cell != NULL)
        tmi_cell_credit(cell, size, size + overhead);
    else
        tmi_account_credit_directly(account, size, size + overhead);
}
