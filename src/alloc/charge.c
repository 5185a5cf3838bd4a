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
    uint32_t id = tmi_load(&site->account); /* pairs with nothing: the chunk is acquired */
    struct tmi_account *account = id != 0 ? tmi_account_by_id(id) : NULL;
    struct tmi_domain *domain;

    if (account != NULL && !tmi_load(&account->domain->destroyed))
        return account;
    domain = tmi_domain_of(site->domain);
    account = tmi_account_of(tmi_site_of(site), tmi_domain_living(domain, site, verb));
    if (account->domain == domain) {
        tmi_store(&domain->has_cached_sites, true);
        tmi_store(&site->account, account->id);
    }
    return account;
}

struct tmi_account *tmi_account_for_call(struct tmi_thread *thread, struct trackmem_site *site,
                                         struct tmi_target target, const char *verb)
{
    struct tmi_domain *domain;

    if (target.named && target.domain != NULL)
        domain = tmi_domain_of(target.domain);
    else if (thread != NULL && thread->scope != NULL)
        domain = thread->scope;
    else
        return default_account(site, verb);
    return tmi_account_of(tmi_site_of(site), tmi_domain_living(domain, site, verb));
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
