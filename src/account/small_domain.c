/*
 * account/small_domain.c: which domains there are, in the small profile: see small.h.
 *
 * An object gets its number on first use. One of several with the same name and parent does, and
 * counts for all; the others are looked up at each call. Numbers and table change in the critical
 * section, in which names are compared, too: they are short.
 */
#include "account/small.h"

#include <string.h>

struct trackmem_domain tmi_small_process = { .name = "process", .tag = TMI_SMALL_TAG(0) };

/* All numbers but the process's are free, and lead to it. */
#define FREE_4  &tmi_small_process, &tmi_small_process, &tmi_small_process, &tmi_small_process
#define FREE_16 FREE_4, FREE_4, FREE_4, FREE_4
#if TRACKMEM_MAX_DOMAINS == 3
#define FREE_ALL FREE_4
#elif TRACKMEM_MAX_DOMAINS == 7
#define FREE_ALL FREE_4, FREE_4
#elif TRACKMEM_MAX_DOMAINS == 15
#define FREE_ALL FREE_16
#elif TRACKMEM_MAX_DOMAINS == 31
#define FREE_ALL FREE_16, FREE_16
#else
#define FREE_ALL FREE_16, FREE_16, FREE_16, FREE_16
#endif
struct trackmem_domain *tmi_small_domains[] = { FREE_ALL };
_Static_assert(sizeof tmi_small_domains / sizeof tmi_small_domains[0] == TMI_SMALL_DOMAINS,
               "TRACKMEM_MAX_DOMAINS is 3, 7, 15, 31 or 63");

static bool is_called(const char *name, const char *text, size_t length)
{
    size_t i = 0;

    while (i < length && name[i] == text[i] && name[i] != '\0')
        ++i;
    return i == length && name[i] == '\0';
}

struct trackmem_domain *tmi_small_find(struct trackmem_domain *parent, const char *name,
                                       size_t length)
{
    for (uint32_t id = 1; id < TMI_SMALL_DOMAINS; ++id) {
        struct trackmem_domain *domain = tmi_small_domains[id];

        if (tmi_small_is_taken(id) && domain->parent == parent &&
            (domain->flags & TMI_SMALL_ENDED) == 0 && is_called(domain->name, name, length))
            return domain;
    }
    return NULL;
}

static size_t length_of(const char *text)
{
    size_t length = 0;

    while (text[length] != '\0')
        ++length;
    return length;
}

/* A number that nobody has, above the parent's; 0: all are taken. */
static uint8_t free_id(const struct trackmem_domain *parent)
{
    uint32_t id = parent->id + 1u;

    while (id < TMI_SMALL_DOMAINS && tmi_small_is_taken(id))
        ++id;
    return id < TMI_SMALL_DOMAINS ? (uint8_t)id : 0;
}

struct trackmem_domain *tmi_small_join(struct trackmem_domain *object)
{
    struct trackmem_domain *parent;
    struct trackmem_domain *domain;
    uintptr_t state;

    if (object == &tmi_small_process)
        return object;
    parent = tmi_small_domain(object->parent);
    if ((object->flags & TMI_SMALL_ENDED) != 0)
        return parent;
    state = tmi_critical_enter();
    domain = tmi_small_find(parent, object->name, length_of(object->name));
    if (domain == NULL) {
        object->id = free_id(parent);
        domain = object->id != 0 ? object : parent;
        if (domain == object) {
            object->parent = parent;
            object->tag = TMI_SMALL_TAG(object->id);
            tmi_small_domains[object->id] = object;
        }
    }
    tmi_critical_leave(state);
    return domain;
}

enum trackmem_status tmi_small_resolve(struct trackmem_domain **domain)
{
    const struct trackmem_domain *object = *domain;

    *domain = tmi_small_domain(*domain);
    if (object == NULL || object == &tmi_small_process ||
        *domain != tmi_small_domain(object->parent))
        return TRACKMEM_OK;
    return (object->flags & TMI_SMALL_ENDED) != 0 ? TRACKMEM_INVALID : TRACKMEM_OUT_OF_MEMORY;
}

bool tmi_small_has_children(const struct trackmem_domain *domain)
{
    for (uint32_t id = 1; id < TMI_SMALL_DOMAINS; ++id)
        if (tmi_small_is_taken(id) && tmi_small_domains[id]->parent == domain)
            return true;
    return false;
}

bool tmi_small_end(struct trackmem_domain *domain)
{
    uintptr_t state = tmi_critical_enter();
    bool is_empty = tmi_small_live_blocks(domain) == 0;

    if (is_empty)
        tmi_small_domains[domain->id] = &tmi_small_process;
    domain->id = 0;
    domain->tag = 0;
    domain->flags |= TMI_SMALL_ENDED;
    tmi_critical_leave(state);
    return is_empty;
}

bool tmi_small_is_below(const struct trackmem_domain *domain,
                        const struct trackmem_domain *ancestor)
{
    while (domain != NULL && domain != ancestor)
        domain = domain->parent;
    return domain != NULL;
}
