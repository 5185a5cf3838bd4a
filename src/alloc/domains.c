/*
 * alloc/domains.c: the public half of domains and families: create, destroy, push, transfer.
 */
#include "account/budget.h"
#include "alloc/leaks.h"
#include "alloc/misuse.h"
#include "alloc/start.h"
#include "trackmem/observe.h"

struct trackmem_domain *trackmem_domain_create(struct trackmem_domain *parent, const char *name)
{
    struct tmi_domain *domain = tmi_start() ? tmi_domain_create(tmi_domain_of(parent), name) : NULL;

    return domain != NULL ? &domain->handle : NULL;
}

enum trackmem_status trackmem_domain_destroy_at(struct trackmem_site *site,
                                                struct trackmem_domain *domain)
{
    struct tmi_call call = { .verb = "trackmem_domain_destroy" };
    struct tmi_domain *record;
    enum trackmem_status status;

    if (domain == NULL)
        return TRACKMEM_OK;
    if (!tmi_start() || (record = tmi_domain_itself(domain)) == NULL)
        return TRACKMEM_OUT_OF_MEMORY;
    status = tmi_domain_destroy(record);
    if (status != TRACKMEM_OK)
        return status;
    tmi_fence(); /* pairs with default_account */
    if (tmi_load(&record->has_cached_sites))
        tmi_thread_detour_all(TMI_DETOUR_DESTROYED_DOMAIN);
    call.here = tmi_site_of(site)->place;
    if (tmi_load_acquire(&record->charged)) /* else it never held anything */
        tmi_leaks_of_domain(&call, record);
    return TRACKMEM_OK;
}

struct trackmem_domain *trackmem_domain_find(const char *path)
{
    struct tmi_domain *domain = tmi_domain_find(path);

    return domain != NULL ? &domain->handle : NULL;
}

bool trackmem_domain_same(struct trackmem_domain *a, struct trackmem_domain *b)
{
    return tmi_domain_of(a) == tmi_domain_of(b);
}

enum trackmem_status trackmem_domain_push(struct trackmem_domain *domain)
{
    struct tmi_thread *thread = tmi_thread_get();

    if (thread == NULL)
        return TRACKMEM_OUT_OF_MEMORY;
    if (thread->scope_depth == TMI_SCOPES)
        return TRACKMEM_BUSY;
    thread->scope = tmi_domain_of(domain);
    thread->scopes[thread->scope_depth++] = thread->scope;
    return TRACKMEM_OK;
}

enum trackmem_status trackmem_domain_pop(void)
{
    struct tmi_thread *thread = tmi_thread_find();

    if (thread == NULL || thread->scope_depth == 0)
        return TRACKMEM_INVALID;
    --thread->scope_depth;
    thread->scope = thread->scope_depth != 0 ? thread->scopes[thread->scope_depth - 1] : NULL;
    return TRACKMEM_OK;
}

struct trackmem_domain *trackmem_domain_current(void)
{
    struct tmi_thread *thread = tmi_thread_find();

    return thread != NULL && thread->scope != NULL ? &thread->scope->handle : NULL;
}

/* False: the block is not what was found any more. */
static bool write_account(void *ptr, const struct tmi_finding *finding, uint32_t account)
{
    if (finding->verdict == TMI_VERDICT_ADOPTED)
        return tmi_exact_set_account(ptr, finding->account, account);
    return tmi_block_set_account(ptr, finding->shape, finding->account, account);
}

/* The same after a function of a budget was called, which may have freed it: it is judged anew. */
static bool write_account_later(void *ptr, const struct tmi_finding *finding, uint32_t account)
{
    struct tmi_finding now = tmi_judge(ptr);

    return now.verdict == finding->verdict && now.shape == finding->shape &&
           write_account(ptr, finding, account);
}

/*
 * Under a budget: both charges stand at once only where the block is new. False: refused, and
 * nothing happened.
 */
static bool move_charge(struct tmi_thread *thread, struct tmi_account *from, struct tmi_account *to,
                        size_t charged)
{
    struct tmi_cell *cell = thread != NULL ? tmi_shard_cell(&thread->shard, from->id) : NULL;
    struct tmi_purse *purse = cell != NULL ? cell->purse : NULL;

    cell = purse != NULL ? tmi_shard_cell(&thread->shard, to->id) : NULL;
    if (cell != NULL && tmi_load(&from->domain->capped))
        return tmi_budget_move(purse, cell->purse, (intptr_t)charged);
    if (!tmi_reserve(thread, to, charged))
        return false;
    tmi_unreserve(thread, from, charged);
    return true;
}

/* BUSY: the block was freed or transferred since it was looked at; another look tells. */
static enum trackmem_status transfer_once(const struct tmi_verb *verb, void *ptr,
                                          struct trackmem_domain *domain)
{
    struct tmi_thread *thread = tmi_thread_get();
    struct tmi_finding finding;
    struct tmi_account *from;
    struct tmi_account *to;
    size_t size;
    size_t overhead;

    if (!tmi_inspect(verb, ptr, &finding))
        return TRACKMEM_NOT_OURS;
    from = tmi_account_by_id(finding.account);
    to = tmi_account_of(from->site,
                        tmi_domain_living(tmi_domain_of(domain), verb->site, verb->name));
    size = tmi_shape_size(finding.shape);
    overhead = finding.verdict == TMI_VERDICT_ADOPTED ? 0 : tmi_shape_overhead(finding.shape);
    if (tmi_load(&to->domain->capped)) {
        if (!move_charge(thread, from, to, size + overhead))
            return TRACKMEM_OUT_OF_MEMORY;
        if (!write_account_later(ptr, &finding, to->id)) {
            tmi_unreserve(thread, to, size + overhead);
            tmi_reserve_anyway(thread, from, size + overhead);
            return TRACKMEM_BUSY;
        }
        tmi_uncount(thread, from, size, overhead);
    } else {
        if (!write_account(ptr, &finding, to->id))
            return TRACKMEM_BUSY;
        /* In this order: a common ancestor never held it twice. */
        tmi_uncharge(thread, from, size, overhead);
        tmi_reserve_anyway(thread, to, size + overhead);
    }
    tmi_count(thread, to, size, overhead);
    return TRACKMEM_OK;
}

enum trackmem_status trackmem_transfer_at(struct trackmem_site *site, void *ptr,
                                          struct trackmem_domain *domain)
{
    struct tmi_verb verb = {
        "trackmem_transfer", TRACKMEM_FAMILY_NONE, site, { true, domain }, TMI_FRAME()
    };
    enum trackmem_status status = TRACKMEM_BUSY;

    if (ptr == NULL)
        return TRACKMEM_INVALID;
    while (status == TRACKMEM_BUSY)
        status = transfer_once(&verb, ptr, domain);
    return status;
}

struct trackmem_domain *trackmem_domain_of(const void *ptr)
{
    struct tmi_verb verb = { "trackmem_domain_of",
                             TRACKMEM_FAMILY_NONE,
                             tmi_site_handle_of_address(TMI_RETURN_ADDRESS()),
                             { false, NULL },
                             TMI_FRAME() };
    struct tmi_finding finding;

    if (ptr == NULL || !tmi_inspect(&verb, ptr, &finding))
        return NULL;
    return &tmi_account_by_id(finding.account)->domain->handle;
}

enum trackmem_status trackmem_domain_set_budget(struct trackmem_domain *domain, size_t soft_bytes,
                                                size_t hard_bytes, trackmem_budget_fn *fn,
                                                void *user)
{
    struct tmi_domain *record;

    if (soft_bytes > SIZE_MAX / 4 || hard_bytes > SIZE_MAX / 4 ||
        (hard_bytes != 0 && soft_bytes > hard_bytes))
        return TRACKMEM_INVALID;
    if (!tmi_start() || (record = tmi_domain_itself(domain)) == NULL)
        return TRACKMEM_OUT_OF_MEMORY;
    return tmi_budget_set(record, soft_bytes, hard_bytes, fn, user) ? TRACKMEM_OK
                                                                    : TRACKMEM_UNSUPPORTED;
}

trackmem_family trackmem_family_register(const struct trackmem_family_info *info)
{
    return tmi_family_register(info);
}

enum trackmem_status trackmem_family_set_describe(trackmem_family family, trackmem_describe_fn *fn,
                                                  void *user)
{
    return tmi_family_set_describe(family, fn, user);
}

const char *trackmem_family_name(trackmem_family family)
{
    return tmi_family_info(family)->name;
}
