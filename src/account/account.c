/*
 * account/account.c: the registry of accounts. Writers hold "names"; readers take no lock.
 */
#include "account/account.h"

#include "account/budget.h"
#include "account/names.h"
#include "account/own.h"

struct tmi_account *tmi_account_chunks[TMI_ACCOUNTS / TMI_ID_CHUNK];

static struct {
    struct tmi_account *buckets[TMI_BUCKETS]; /* stored with release, read with acquire */
    uint32_t count;                           /* atomic: 1 to count are in use */
    uint32_t limit;
    uintptr_t untracked; /* atomic */
} accounts;

static struct tmi_account **bucket_of(const struct tmi_site *site, const struct tmi_domain *domain)
{
    uint32_t hash = (site->id * 0x9e3779b1u) ^ (domain->handle.id * 0x85ebca6bu);

    return &accounts.buckets[(hash ^ hash >> 16) & (TMI_BUCKETS - 1)];
}

/* "names" is held. The account is not in a bucket yet; NULL when there is no memory. */
static struct tmi_account *take_number(struct tmi_site *site, struct tmi_domain *domain)
{
    uint32_t id = accounts.count + 1;
    struct tmi_account **chunk = &tmi_account_chunks[id / TMI_ID_CHUNK];
    struct tmi_account *account;

    if (id >= TMI_ACCOUNTS)
        return NULL;
    if (*chunk == NULL)
        tmi_store_release(chunk, tmi_own_alloc(TMI_ID_CHUNK * sizeof **chunk));
    if (*chunk == NULL)
        return NULL;
    account = &(*chunk)[id % TMI_ID_CHUNK];
    account->site = site;
    account->domain = domain;
    account->id = id;
    tmi_store_release(&accounts.count, id);
    return account;
}

static struct tmi_account *find(struct tmi_account *const *bucket, const struct tmi_site *site,
                                const struct tmi_domain *domain)
{
    struct tmi_account *account = tmi_load_acquire(bucket);

    while (account != NULL && (account->site != site || account->domain != domain))
        account = account->next;
    return account;
}

struct tmi_account *tmi_account_of(struct tmi_site *site, struct tmi_domain *domain)
{
    struct tmi_account **bucket = bucket_of(site, domain);
    struct tmi_account *account;

    tmi_domain_note_charged(domain);
    if (site == &tmi_site_other)
        return domain->other;
    account = find(bucket, site, domain);
    if (account != NULL)
        return account;
    tmi_platform_lock(&tmi_names_lock);
    account = find(bucket, site, domain);
    if (account == NULL && accounts.count < accounts.limit) {
        account = take_number(site, domain);
        if (account != NULL) {
            account->next = *bucket;
            tmi_store_release(bucket, account);
        }
    }
    tmi_platform_unlock(&tmi_names_lock);
    if (account != NULL)
        return account;
    (void)tmi_add(&accounts.untracked, 1);
    return domain->other;
}

bool tmi_account_make_other(struct tmi_domain *domain)
{
    domain->other = take_number(&tmi_site_other, domain);
    return domain->other != NULL;
}

bool tmi_account_start(uint32_t limit)
{
    bool made;

    accounts.limit = limit;
    tmi_platform_lock(&tmi_names_lock);
    made = tmi_domain_root()->other != NULL || tmi_account_make_other(tmi_domain_root());
    tmi_platform_unlock(&tmi_names_lock);
    return made;
}

uint32_t tmi_account_count(void)
{
    return tmi_load_acquire(&accounts.count);
}

uint64_t tmi_account_untracked(void)
{
    return tmi_load(&accounts.untracked);
}

bool tmi_account_reserve_directly(struct tmi_account *account, size_t charged)
{
    if (tmi_load(&account->domain->capped))
        return tmi_budget_reserve(account->domain, (intptr_t)charged);
    for (struct tmi_domain *domain = account->domain; domain != NULL; domain = domain->parent) {
        intptr_t before = tmi_add(&domain->reserved_bytes, (intptr_t)charged);

        tmi_raise(&domain->peak_bytes, before + (intptr_t)charged);
    }
    return true;
}

void tmi_account_unreserve_directly(struct tmi_account *account, size_t charged)
{
    if (tmi_load(&account->domain->capped)) {
        tmi_budget_give_back(account->domain, (intptr_t)charged);
        return;
    }
    for (struct tmi_domain *domain = account->domain; domain != NULL; domain = domain->parent) {
        /* Whoever lowers it raises the peak first: shard.h. */
        tmi_raise(&domain->peak_bytes, tmi_load(&domain->reserved_bytes));
        (void)tmi_add(&domain->reserved_bytes, -(intptr_t)charged);
    }
}

void tmi_account_count_directly(struct tmi_account *account, size_t size)
{
    (void)tmi_add(&account->blocks, 1);
    (void)tmi_add(&account->bytes, size);
    (void)tmi_add(&account->domain->size_class[tmi_size_class(size)], 1);
}

void tmi_account_uncount_directly(struct tmi_account *account, size_t size)
{
    (void)tmi_add(&account->freed_blocks, 1);
    (void)tmi_add(&account->freed_bytes, size);
}

void *tmi_account_refuse(struct tmi_account *account, enum tmi_refusal why)
{
    (void)tmi_add(&account->refused[why], 1);
    if (why != TMI_REFUSED_ON_PURPOSE)
        (void)tmi_add(&account->domain->failures, 1);
    return NULL;
}
