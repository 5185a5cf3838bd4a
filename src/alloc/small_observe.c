/*
 * alloc/small_observe.c: the public functions that look at what is there, in the small profile;
 * those that reports leave by are in alloc/small_report.c.
 */
#include "alloc/small_walk.h"

enum trackmem_status trackmem_set_backend(const struct trackmem_backend *backend)
{
    if (backend == NULL || backend->allocate == NULL || backend->free == NULL)
        return TRACKMEM_INVALID;
    for (uint32_t id = 0; id < TMI_SMALL_DOMAINS; ++id)
        if (tmi_small_domains[id]->total_blocks != 0)
            return TRACKMEM_BUSY;
    tmi_small.backend = *backend;
    tmi_small_set_fails(tmi_small.fails);
    return TRACKMEM_OK;
}

enum trackmem_status trackmem_domain_set_backend(struct trackmem_domain *domain,
                                                 const struct trackmem_backend *backend)
{
    return tmi_small_domain(domain) == &tmi_small_process ? trackmem_set_backend(backend)
                                                          : TRACKMEM_UNSUPPORTED;
}

enum trackmem_status trackmem_set_options(const char *options)
{
    (void)options;
    return TRACKMEM_UNSUPPORTED;
}

enum trackmem_status trackmem_report(int fd, enum trackmem_format format)
{
    (void)fd;
    (void)format;
    return TRACKMEM_UNSUPPORTED;
}

/* Words come on the host. */
bool trackmem_describe(const void *ptr, char *text, size_t size)
{
    (void)ptr;
    if (size != 0)
        text[0] = '\0';
    return false;
}

enum trackmem_status trackmem_family_set_describe(trackmem_family family, trackmem_describe_fn *fn,
                                                  void *user)
{
    (void)family;
    (void)fn;
    (void)user;
    return TRACKMEM_UNSUPPORTED;
}

void trackmem_trim(void)
{
}

struct trackmem_site *trackmem_site_at(const char *file, unsigned line, const char *function,
                                       struct trackmem_domain *domain)
{
    (void)file;
    (void)line;
    (void)function;
    return (struct trackmem_site *)(void *)domain;
}

size_t trackmem_size(const void *ptr)
{
    struct tmi_small_block block;

    return tmi_small_inspect(TMI_SMALL_CALLER, ptr, "trackmem_size", &block)
               ? tmi_small_size(block.w0)
               : 0;
}

void trackmem_set_misuse_handler(trackmem_misuse_fn *fn, void *user)
{
    tmi_report_set_handler(fn, user);
}

uint64_t trackmem_misuse_count(void)
{
    return tmi_report_misuse_count();
}

struct check {
    const void *caller;
    size_t damaged;
};

/* False: an interrupt freed it since it was read, and what stands there now is another's. */
static bool is_still(const struct tmi_small_block *block)
{
    const volatile struct tmi_small_header *header = tmi_small_header_of(block->block);

    return header->w0 == block->w0 && header->w1 == block->w1;
}

static void check_redzone(const struct tmi_small_block *block, void *user)
{
    struct check *check = user;

    if (tmi_small_redzone_is_whole(block) || !is_still(block))
        return;
    ++check->damaged;
    tmi_small_report_overrun(check->caller, block, "trackmem_check_all");
}

static void note_damaged(const void *block, void *user)
{
    struct check *check = user;

    ++check->damaged;
    tmi_small_report_damaged(check->caller, block, "trackmem_check_all");
}

static size_t check_all(const void *caller)
{
    struct check check = { .caller = caller };

    tmi_small_walk(check_redzone, note_damaged, &check);
    return check.damaged;
}

TMI_SMALL_VERB size_t trackmem_check_all_at(struct trackmem_site *site)
{
    (void)site;
    return check_all(TMI_SMALL_CALLER);
}

size_t(trackmem_check_all)(void)
{
    return check_all(TMI_SMALL_CALLER);
}

static bool check_block(const void *caller, const void *ptr)
{
    struct check check = { .caller = caller };
    struct tmi_small_block block;

    if (!tmi_small_inspect(caller, ptr, "trackmem_check", &block))
        return false;
    check_redzone(&block, &check);
    return check.damaged == 0;
}

TMI_SMALL_VERB bool trackmem_check_at(struct trackmem_site *site, const void *ptr)
{
    (void)site;
    return check_block(TMI_SMALL_CALLER, ptr);
}

bool(trackmem_check)(const void *ptr)
{
    return check_block(TMI_SMALL_CALLER, ptr);
}

struct visit {
    trackmem_site_fn *fn;
    void *user;
    uint64_t bytes;
    size_t blocks;
    bool is_window; /* what is left behind is told to the sink */
};

static void tell(const struct visit *visit, enum trackmem_small_event kind,
                 const struct trackmem_domain *domain, uint64_t bytes, size_t blocks,
                 const void *address)
{
    if (visit->is_window && tmi_small_outlets.event != NULL)
        tmi_small_outlets.event(
            &(struct tmi_small_event){ kind, domain, (size_t)bytes, address, blocks });
}

static bool visit_sum(const struct tmi_small_sum *sum, void *user)
{
    struct visit *visit = user;
    struct trackmem_site_stats site = {
        .place = { .address = tmi_small_address_of_site(sum->key >> 6) },
        .domain = tmi_small_domain_by_id(sum->key & 63),
        .live_bytes = sum->bytes,
        .live_blocks = sum->blocks,
    };

    visit->bytes += sum->bytes;
    visit->blocks += sum->blocks;
    tell(visit, TRACKMEM_SMALL_LEFT_BY_SITE, site.domain, sum->bytes, sum->blocks,
         site.place.address);
    if (visit->fn != NULL && !visit->fn(&site, visit->user))
        visit->fn = NULL;
    return true;
}

void trackmem_visit_sites(trackmem_site_fn *fn, void *user)
{
    struct visit visit = { .fn = fn, .user = user };

    tmi_small_sum_sites(false, visit_sum, &visit);
}

/* One at a time: what is new since the last begin is what its blocks say. */
struct trackmem_window {
    bool open;
};
static struct trackmem_window only_window;

struct trackmem_window *trackmem_begin(void)
{
    if (only_window.open)
        return NULL;
    only_window.open = true;
    tmi_small_make_old();
    return &only_window;
}

uint64_t trackmem_end(struct trackmem_window *window, trackmem_site_fn *fn, void *user)
{
    struct visit visit = { .fn = fn, .user = user, .is_window = true };

    if (window == NULL)
        return 0;
    window->open = false;
    tmi_small_sum_sites(true, visit_sum, &visit);
    if (visit.blocks != 0)
        tell(&visit, TRACKMEM_SMALL_LEFT_BEHIND, &tmi_small_process, visit.bytes, visit.blocks,
             TMI_SMALL_CALLER);
    return visit.bytes;
}

/* "driver/cache", at the end of so many bytes; what does not fit is cut at the front. */
static const char *write_path(const struct trackmem_domain *domain, char *path, size_t size)
{
    size_t at = size - 1;

    path[at] = '\0';
    for (; domain != &tmi_small_process; domain = domain->parent) {
        size_t length = 0;

        while (domain->name[length] != '\0')
            ++length;
        if (path[at] != '\0' && at > 0)
            path[--at] = '/';
        while (length > 0 && at > 0)
            path[--at] = domain->name[--length];
    }
    return path + at;
}

void trackmem_visit_domains(trackmem_domain_fn *fn, void *user)
{
    struct trackmem_stats alone;
    struct trackmem_stats all;
    char path[64];

    for (uint32_t id = 0; id < TMI_SMALL_DOMAINS; ++id) {
        struct trackmem_domain *domain = tmi_small_domains[id];

        if (!tmi_small_is_taken(id))
            continue;
        (void)trackmem_domain_stats(domain, false, &alone);
        (void)trackmem_domain_stats(domain, true, &all);
        if (!fn(domain, write_path(domain, path, sizeof path), &alone, &all, user))
            return;
    }
}
