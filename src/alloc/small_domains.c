/*
 * alloc/small_domains.c: the public functions of trackmem/domain.h in the small profile, but for
 * budgets (small_budget.c), and where the bytes come from.
 *
 * A domain that is created is a block of the process, its name behind it.
 */
#include <string.h>

#include "alloc/small.h"

static size_t length_of(const char *text)
{
    size_t length = 0;

    while (text[length] != '\0' && text[length] != '/')
        ++length;
    return length;
}

/* Forgets the domains that ended with blocks which are freed since. */
static void forget_ended(const void *caller)
{
    for (uint32_t id = 1; id < TMI_SMALL_DOMAINS; ++id) {
        struct trackmem_domain *domain = tmi_small_domains[id];

        if ((domain->flags & TMI_SMALL_ENDED) == 0 || tmi_small_live_blocks(domain) != 0)
            continue;
        tmi_small_domains[id] = &tmi_small_process;
        if ((domain->flags & TMI_SMALL_CREATED) != 0)
            tmi_small_release(caller, domain, TRACKMEM_FAMILY_PLAIN, NULL);
    }
}

struct trackmem_domain *trackmem_domain_create(struct trackmem_domain *parent, const char *name)
{
    struct trackmem_domain *above = tmi_small_domain(parent);
    struct trackmem_domain *domain;
    size_t length = name != NULL ? length_of(name) : 0;

    if (length == 0 || name[length] != '\0')
        return NULL;
    forget_ended(TMI_SMALL_CALLER);
    domain = tmi_small_find(above, name, length);
    if (domain == NULL) {
        char *copy;

        domain = tmi_small_allocate(TMI_SMALL_CALLER, NULL, sizeof *domain + length + 1,
                                    TMI_SMALL_PLAIN);
        if (domain == NULL)
            return NULL;
        copy = (char *)(domain + 1);
        memset(domain, 0, sizeof *domain);
        memcpy(copy, name, length + 1);
        domain->name = copy;
        domain->parent = above;
        domain->flags = TMI_SMALL_CREATED;
        if (tmi_small_join(domain) != domain) {
            tmi_small_release(TMI_SMALL_CALLER, domain, TRACKMEM_FAMILY_PLAIN, NULL);
            return NULL;
        }
    }
    ++domain->references;
    return domain;
}

enum trackmem_status tmi_small_destroy(const void *caller, struct trackmem_domain *domain)
{
    enum trackmem_status status;
    bool created;

    if (domain == NULL)
        return TRACKMEM_OK;
    forget_ended(caller);
    status = tmi_small_resolve(&domain);
    if (status != TRACKMEM_OK)
        return status;
    if (domain == &tmi_small_process || domain->references > 1 || tmi_small_has_children(domain)) {
        domain->references -= domain->references > 1;
        return TRACKMEM_BUSY;
    }
    if (tmi_small_live_blocks(domain) != 0)
        tmi_small_report_leak(caller, domain);
    created = (domain->flags & TMI_SMALL_CREATED) != 0;
    if (tmi_small_end(domain) && created)
        tmi_small_release(caller, domain, TRACKMEM_FAMILY_PLAIN, NULL);
    return TRACKMEM_OK;
}

TMI_SMALL_VERB enum trackmem_status trackmem_domain_destroy_at(struct trackmem_site *site,
                                                               struct trackmem_domain *domain)
{
    (void)site;
    return tmi_small_destroy(TMI_SMALL_CALLER, domain);
}

struct trackmem_domain *trackmem_domain_find(const char *path)
{
    struct trackmem_domain *domain = &tmi_small_process;

    while (*path != '\0' && domain != NULL) {
        size_t length = length_of(path);

        domain = tmi_small_find(domain, path, length);
        path += length + (path[length] == '/');
    }
    return domain;
}

bool trackmem_domain_same(struct trackmem_domain *a, struct trackmem_domain *b)
{
    return tmi_small_domain(a) == tmi_small_domain(b);
}

enum trackmem_status trackmem_domain_push(struct trackmem_domain *domain)
{
    struct trackmem_task *task = trackmem_task_current();

    if (task->depth == TRACKMEM_PUSH_DEPTH)
        return TRACKMEM_BUSY;
    task->pushed[task->depth++] = tmi_small_target(TMI_SMALL_CALLER, domain,
                                                   "trackmem_domain_push");
    return TRACKMEM_OK;
}

enum trackmem_status trackmem_domain_pop(void)
{
    struct trackmem_task *task = trackmem_task_current();

    if (task->depth == 0)
        return TRACKMEM_INVALID;
    --task->depth;
    return TRACKMEM_OK;
}

struct trackmem_domain *trackmem_domain_current(void)
{
    const struct trackmem_task *task = trackmem_task_current();

    return task->depth != 0 ? task->pushed[task->depth - 1] : NULL;
}

struct trackmem_domain *trackmem_domain_of(const void *ptr)
{
    struct tmi_small_block block;

    return tmi_small_inspect(TMI_SMALL_CALLER, ptr, "trackmem_domain_of", &block)
               ? tmi_small_owner(block.w0)
               : NULL;
}

enum trackmem_status tmi_small_transfer(const void *caller, void *ptr,
                                        struct trackmem_domain *domain)
{
    static const char verb[] = "trackmem_transfer";
    struct tmi_small_header *header = tmi_small_header_of(ptr);
    const struct trackmem_domain *common;
    struct trackmem_domain *from;
    struct trackmem_domain *to;
    struct tmi_small_block block;
    bool is_soft_crossed;
    uintptr_t state;
    uint32_t size;

    if (!tmi_small_inspect(caller, ptr, verb, &block))
        return ptr == NULL ? TRACKMEM_INVALID : TRACKMEM_NOT_OURS;
    common = to = tmi_small_target(caller, domain, verb);
    from = tmi_small_owner(block.w0);
    size = tmi_small_size(block.w0);
    while (!tmi_small_is_below(from, common))
        common = common->parent;
    /* What both have above them holds it twice meanwhile: a budget there may refuse. */
    if (!tmi_small_reserve(caller, to, size + tmi_small_overhead(block.pad)))
        return TRACKMEM_OUT_OF_MEMORY;
    state = tmi_critical_enter();
    tmi_small_uncharge_unused(from, size + tmi_small_overhead(block.pad));
    is_soft_crossed = tmi_small_settle(to, common);
    ++from->freed_blocks;
    from->pad_bytes -= block.pad;
    ++to->total_blocks;
    to->pad_bytes += block.pad;
    header->w1 ^= tmi_small_seal(ptr, block.w0, block.w1 & TMI_SMALL_SITE_MASK);
    header->w0 = (block.w0 & ~(63u << TMI_SMALL_DOMAIN_SHIFT)) | (uint32_t)to->id
                                                                     << TMI_SMALL_DOMAIN_SHIFT;
    header->w1 ^= tmi_small_seal(ptr, header->w0, block.w1 & TMI_SMALL_SITE_MASK);
    tmi_critical_leave(state);
    if (is_soft_crossed)
        tmi_small_tell_soft(caller, to, size);
    return TRACKMEM_OK;
}

TMI_SMALL_VERB enum trackmem_status trackmem_transfer_at(struct trackmem_site *site, void *ptr,
                                                         struct trackmem_domain *domain)
{
    (void)site;
    return tmi_small_transfer(TMI_SMALL_CALLER, ptr, domain);
}

/* What a domain alone is charged: all less what its children are. */
static uint32_t charged_alone(const struct trackmem_domain *domain)
{
    uint32_t bytes = domain->charged_bytes;

    for (uint32_t id = 1; id < TMI_SMALL_DOMAINS; ++id)
        if (tmi_small_is_taken(id) && tmi_small_domains[id]->parent == domain)
            bytes -= tmi_small_domains[id]->charged_bytes;
    return bytes;
}

static void add_up(struct trackmem_stats *stats, const struct trackmem_domain *domain)
{
    uint32_t blocks = tmi_small_live_blocks(domain);
    uint32_t overhead = blocks * tmi_small_overhead(0) + domain->pad_bytes;

    stats->live_blocks += blocks;
    stats->overhead_bytes += overhead;
    stats->live_bytes += charged_alone(domain) - overhead;
    stats->total_blocks += domain->total_blocks;
    stats->failures += domain->failures;
}

enum trackmem_status trackmem_domain_stats(struct trackmem_domain *domain, bool with_descendants,
                                           struct trackmem_stats *stats)
{
    const struct trackmem_domain *record = tmi_small_domain(domain);
    uintptr_t state;

    memset(stats, 0, sizeof *stats);
    state = tmi_critical_enter();
    add_up(stats, record);
    for (uint32_t id = 1; id < TMI_SMALL_DOMAINS && with_descendants; ++id)
        if (tmi_small_is_taken(id) && tmi_small_domains[id] != record &&
            tmi_small_is_below(tmi_small_domains[id], record))
            add_up(stats, tmi_small_domains[id]);
    stats->peak_bytes = record->peak_bytes;
    stats->refused = record->refused;
    stats->charged_bytes = record->charged_bytes;
    stats->soft_bytes = record->soft_bytes;
    stats->hard_bytes = record->hard_bytes;
    tmi_critical_leave(state);
    return TRACKMEM_OK;
}
