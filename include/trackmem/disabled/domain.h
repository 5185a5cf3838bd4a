/*
 * trackmem/disabled/domain.h: domains where TRACKMEM_DISABLE is defined: there is one, and nothing
 * is charged to it. Private to domain.h.
 */
#ifndef TRACKMEM_DISABLED_DOMAIN_H
#define TRACKMEM_DISABLED_DOMAIN_H

#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What stands for every domain that is created. */
TRACKMEM_API struct trackmem_domain *trackmem_off_domain_(void)
{
    static struct trackmem_domain domain = { "disabled", NULL, 0, TRACKMEM_LAYOUT_VERSION };

    return &domain;
}

TRACKMEM_API struct trackmem_domain *trackmem_domain_create(struct trackmem_domain *parent,
                                                            const char *name)
{
    TRACKMEM_OFF_IGNORE_(parent);
    return name != NULL && name[0] != '\0' && strchr(name, '/') == NULL ? trackmem_off_domain_()
                                                                        : NULL;
}

TRACKMEM_API enum trackmem_status trackmem_domain_destroy(struct trackmem_domain *domain)
{
    TRACKMEM_OFF_IGNORE_(domain);
    return TRACKMEM_OK;
}

TRACKMEM_API enum trackmem_status trackmem_domain_destroy_at(struct trackmem_site *site,
                                                             struct trackmem_domain *domain)
{
    TRACKMEM_OFF_IGNORE_(site);
    return trackmem_domain_destroy(domain);
}

TRACKMEM_API struct trackmem_domain *trackmem_domain_find(const char *path)
{
    return path[0] == '\0' ? trackmem_off_domain_() : NULL;
}

TRACKMEM_API bool trackmem_domain_same(struct trackmem_domain *a, struct trackmem_domain *b)
{
    return a == b;
}

TRACKMEM_API enum trackmem_status trackmem_domain_push(struct trackmem_domain *domain)
{
    TRACKMEM_OFF_IGNORE_(domain);
    return TRACKMEM_OK;
}

TRACKMEM_API enum trackmem_status trackmem_domain_pop(void)
{
    return TRACKMEM_OK;
}

TRACKMEM_API struct trackmem_domain *trackmem_domain_current(void)
{
    return NULL;
}

TRACKMEM_API enum trackmem_status trackmem_transfer(void *ptr, struct trackmem_domain *domain)
{
    TRACKMEM_OFF_IGNORE_(domain);
    return ptr != NULL ? TRACKMEM_OK : TRACKMEM_NOT_OURS;
}

TRACKMEM_API enum trackmem_status trackmem_transfer_at(struct trackmem_site *site, void *ptr,
                                                       struct trackmem_domain *domain)
{
    TRACKMEM_OFF_IGNORE_(site);
    return trackmem_transfer(ptr, domain);
}

TRACKMEM_API struct trackmem_domain *trackmem_domain_of(const void *ptr)
{
    return ptr != NULL ? trackmem_off_domain_() : NULL;
}

TRACKMEM_API enum trackmem_status trackmem_domain_set_budget(struct trackmem_domain *domain,
                                                             size_t soft_bytes, size_t hard_bytes,
                                                             trackmem_budget_fn *fn, void *user)
{
    TRACKMEM_OFF_IGNORE_(domain);
    TRACKMEM_OFF_IGNORE_(fn);
    TRACKMEM_OFF_IGNORE_(user);
    return hard_bytes != 0 && soft_bytes > hard_bytes ? TRACKMEM_INVALID : TRACKMEM_UNSUPPORTED;
}

/* All zero. */
TRACKMEM_API enum trackmem_status trackmem_domain_stats(struct trackmem_domain *domain,
                                                        bool with_descendants,
                                                        struct trackmem_stats *stats)
{
    TRACKMEM_OFF_IGNORE_(domain);
    TRACKMEM_OFF_IGNORE_(with_descendants);
    memset(stats, 0, sizeof *stats);
    return TRACKMEM_UNSUPPORTED;
}

#ifdef __cplusplus
}
#endif

#endif
