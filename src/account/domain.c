/*
 * account/domain.c: the registry of domains. Writers hold "names"; readers take no lock.
 */
#include "account/domain.h"

#include <string.h>

#include "account/account.h"
#include "account/names.h"
#include "account/own.h"
#include "account/plan.h"
#include "base/atomic.h"

static struct {
    struct tmi_domain *by_id[TMI_DOMAINS];   /* stored with release, read with acquire */
    struct tmi_domain *buckets[TMI_BUCKETS]; /* the same */
    uint32_t count;                          /* atomic: the numbers 1 to count are taken */
} domains;

static struct tmi_domain root = {
    .handle = { .name = "process", .id = 1, .layout_version = TRACKMEM_LAYOUT_VERSION },
    .references = 1,
};

struct tmi_domain *tmi_domain_root(void)
{
    return &root;
}

struct tmi_domain *tmi_domain_by_id(uint32_t id)
{
    return id <= 1 ? &root : tmi_load_acquire(&domains.by_id[id]);
}

uint32_t tmi_domain_count(void)
{
    uint32_t count = tmi_load_acquire(&domains.count);

    return count == 0 ? 1 : count;
}

static struct tmi_domain **bucket_of(const struct tmi_domain *parent, const char *name,
                                     size_t length)
{
    uint32_t hash = parent->handle.id;

    for (size_t i = 0; i < length; ++i)
        hash = (hash ^ (unsigned char)name[i]) * 0x01000193u;
    hash ^= hash >> 15;
    return &domains.buckets[hash & (TMI_BUCKETS - 1)];
}

static struct tmi_domain *find_child(const struct tmi_domain *parent, const char *name,
                                     size_t length)
{
    struct tmi_domain *domain = tmi_load_acquire(bucket_of(parent, name, length));

    for (; domain != NULL; domain = domain->next) {
        if (domain->parent == parent && strncmp(domain->handle.name, name, length) == 0 &&
            domain->handle.name[length] == '\0')
            return domain;
    }
    return NULL;
}

/* "names" is held. NULL when there is no memory or no number left. */
static struct tmi_domain *insert(struct tmi_domain *parent, const char *name, size_t length)
{
    struct tmi_domain **bucket = bucket_of(parent, name, length);
    uint32_t id = tmi_domain_count() + 1;
    struct tmi_domain *domain;

    if (id >= TMI_DOMAINS)
        return NULL;
    domain = tmi_own_alloc(sizeof *domain);
    name = tmi_own_text(name, length);
    if (domain == NULL || name == NULL)
        return NULL;
    domain->handle = (struct trackmem_domain){
        .name = name,
        .parent = &parent->handle,
        .id = id,
        .layout_version = TRACKMEM_LAYOUT_VERSION,
    };
    domain->parent = parent;
    domain->depth = parent->depth + 1;
    domain->backend = parent->backend;
    domain->hard_bytes = tmi_plan_for(parent, name);
    domain->capped = parent->capped || domain->hard_bytes != 0;
    if (!tmi_account_make_other(domain))
        return NULL;
    domain->next = *bucket;
    tmi_store_release(bucket, domain);
    tmi_store_release(&domains.by_id[id], domain);
    tmi_store_release(&domains.count, id);
    return domain;
}

/* "names" is held. Finds or inserts, and takes a reference. */
static struct tmi_domain *join(struct tmi_domain *parent, const char *name, size_t length)
{
    struct tmi_domain *domain = find_child(parent, name, length);

    if (domain == NULL)
        domain = insert(parent, name, length);
    if (domain != NULL) {
        parent->live_children += domain->references == 0;
        ++domain->references;
        tmi_store(&domain->end_reported, false);
        tmi_store(&domain->destroyed, false);
    }
    return domain;
}

/* The same for a path: a static object may name those above it instead of pointing at them. */
static struct tmi_domain *join_path(struct tmi_domain *domain, const char *path)
{
    while (domain != NULL && *path != '\0') {
        size_t length = strcspn(path, "/");

        if (length != 0)
            domain = join(domain, path, length);
        path += length + (path[length] == '/');
    }
    return domain;
}

TMI_COLD static struct tmi_domain *join_static(struct trackmem_domain *object)
{
    struct tmi_domain *parent = tmi_domain_of(object->parent);
    const char *name = object->name != NULL ? object->name : "unnamed";
    struct tmi_domain *domain;

    tmi_platform_lock(&tmi_names_lock);
    if (object->id != 0) { /* another thread was first: one object takes one reference */
        domain = tmi_domain_by_id(object->id);
    } else {
        domain = join_path(parent, name);
        if (domain != NULL)
            tmi_store_release(&object->id, domain->handle.id);
    }
    tmi_platform_unlock(&tmi_names_lock);
    return domain != NULL ? domain : parent;
}

struct tmi_domain *tmi_domain_of(struct trackmem_domain *object)
{
    uint32_t id;

    if (object == NULL)
        return &root;
    id = tmi_load_acquire(&object->id);
    return id != 0 ? tmi_domain_by_id(id) : join_static(object);
}

struct tmi_domain *tmi_domain_itself(struct trackmem_domain *object)
{
    struct tmi_domain *domain = tmi_domain_of(object);

    return object == NULL || tmi_load(&object->id) != 0 ? domain : NULL;
}

struct tmi_domain *tmi_domain_create(struct tmi_domain *parent, const char *name)
{
    struct tmi_domain *domain;

    if (name == NULL || name[0] == '\0' || strchr(name, '/') != NULL)
        return NULL;
    tmi_platform_lock(&tmi_names_lock);
    domain = join(parent, name, strlen(name));
    tmi_platform_unlock(&tmi_names_lock);
    return domain;
}

enum trackmem_status tmi_domain_destroy(struct tmi_domain *domain)
{
    enum trackmem_status status = TRACKMEM_OK;

    if (domain == &root)
        return TRACKMEM_INVALID;
    tmi_platform_lock(&tmi_names_lock);
    if (domain->live_children != 0)
        status = TRACKMEM_BUSY;
    if (domain->references == 0)
        status = TRACKMEM_INVALID;
    else if (domain->references > 1 && status == TRACKMEM_OK) {
        --domain->references;
        status = TRACKMEM_BUSY;
    }
    if (status == TRACKMEM_OK) {
        domain->references = 0;
        --domain->parent->live_children;
        tmi_store(&domain->destroyed, true);
    }
    tmi_platform_unlock(&tmi_names_lock);
    return status;
}

bool tmi_domain_set_backend(struct tmi_domain *domain, uint32_t backend)
{
    if (domain->charged && domain->backend == 0)
        return backend == 0;
    tmi_store_release(&domain->backend, backend); /* pairs with the acquire in alloc/verb.c */
    return true;
}

void tmi_domain_note_charged(struct tmi_domain *domain)
{
    if (tmi_load_acquire(&domain->charged)) /* pairs with the release here: the backend stands */
        return;
    tmi_platform_lock(&tmi_names_lock);
    tmi_store_release(&domain->charged, true);
    tmi_platform_unlock(&tmi_names_lock);
}

struct tmi_domain *tmi_domain_find(const char *path)
{
    struct tmi_domain *domain = &root;

    while (path != NULL && *path != '\0' && domain != NULL) {
        size_t length = strcspn(path, "/");

        domain = find_child(domain, path, length);
        path += length + (path[length] == '/');
    }
    return domain;
}

bool tmi_domain_is_below(const struct tmi_domain *domain, const struct tmi_domain *ancestor)
{
    while (domain != NULL && domain->depth > ancestor->depth)
        domain = domain->parent;
    return domain == ancestor;
}
