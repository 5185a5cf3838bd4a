/*
 * account/site.c: interning of call sites. Called on the first allocation of each site, and for
 * each call through a function pointer. Uses our own memory only.
 */
#include "account/site.h"

#include <string.h>

#include "account/domain.h"
#include "account/names.h"
#include "account/own.h"
#include "base/atomic.h"
#include "base/text.h"

struct tmi_site_handle {
    struct trackmem_site descriptor;
    struct tmi_site_handle *next;
};

struct tmi_site tmi_site_other = { .place = { .file = "other" } };
static struct trackmem_site other_handle = { .file = "other",
                                             .layout_version = TRACKMEM_LAYOUT_VERSION };

/* Written under "names"; pointers are stored with release and read with acquire. */
static struct {
    struct tmi_site *buckets[TMI_BUCKETS];
    struct tmi_site **chunks[TMI_ACCOUNTS / TMI_ID_CHUNK + 1]; /* by id */
    uint32_t count;
    const char *last_file; /* copied last: most sites share it with the one before */
} sites;

struct tmi_lock tmi_names_lock;

static uint32_t mix(uint32_t hash, uint32_t value)
{
    hash = (hash ^ value) * 0x9e3779b1u;
    return hash ^ hash >> 15;
}

static uint32_t hash_text(uint32_t hash, const char *text, size_t length)
{
    for (size_t i = 0; i < length; ++i)
        hash = (hash ^ (unsigned char)text[i]) * 0x01000193u;
    return mix(hash, (uint32_t)length);
}

/*
 * What a lambda says of the function around it: "int f()::<lambda()>" of gcc, "auto
 * f()::(anonymous class)::operator()() const" of clang, "f::<lambda_1>::operator ()" of Microsoft.
 */
static size_t function_length(const char **function)
{
    static const char *const ends[] = { "::<lambda", "::(anonymous class)", "::(lambda" };

    if (*function == NULL)
        return 0;
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; ++i) {
        const char *end = strstr(*function, ends[i]);

        if (end == NULL)
            continue;
        if (strncmp(*function, "auto ", 5) == 0)
            *function += 5;
        return (size_t)(end - *function);
    }
    return strlen(*function);
}

static bool same_text(const char *copy, const char *text, size_t length)
{
    if (copy == NULL || text == NULL)
        return copy == text;
    return strncmp(copy, text, length) == 0 && copy[length] == '\0';
}

static struct tmi_site *find(uint32_t hash, const struct trackmem_place *place,
                             size_t function_size)
{
    struct tmi_site *site = tmi_load_acquire(&sites.buckets[hash & (TMI_BUCKETS - 1)]);

    for (; site != NULL; site = site->next) {
        if (site->hash == hash && site->place.line == place->line &&
            site->place.address == place->address &&
            same_text(site->place.file, place->file, place->file ? strlen(place->file) : 0) &&
            same_text(site->place.function, place->function, function_size))
            return site;
    }
    return NULL;
}

static const char *copy_text(const char *text, size_t length)
{
    char *copy = tmi_own_alloc(length + 1);

    if (copy != NULL)
        memcpy(copy, text, length);
    return copy;
}

/* "names" is held. NULL when there is no memory or no number left. */
static struct tmi_site *insert(uint32_t hash, const struct trackmem_place *place,
                               size_t function_size)
{
    uint32_t id = sites.count + 1;
    struct tmi_site **bucket = &sites.buckets[hash & (TMI_BUCKETS - 1)];
    struct tmi_site ***chunk = &sites.chunks[id / TMI_ID_CHUNK];
    struct tmi_site *site;

    if (id >= TMI_ACCOUNTS)
        return NULL;
    if (*chunk == NULL)
        tmi_store_release(chunk, tmi_own_alloc(TMI_ID_CHUNK * sizeof(struct tmi_site *)));
    site = tmi_own_alloc(sizeof *site);
    if (*chunk == NULL || site == NULL)
        return NULL;
    site->place = *place;
    if (place->file != NULL && sites.last_file != NULL && strcmp(place->file, sites.last_file) == 0)
        site->place.file = sites.last_file;
    else if (place->file != NULL)
        sites.last_file = site->place.file = copy_text(place->file, strlen(place->file));
    if (place->function != NULL)
        site->place.function = copy_text(place->function, function_size);
    if ((place->file != NULL && site->place.file == NULL) ||
        (place->function != NULL && site->place.function == NULL))
        return NULL;
    site->id = id;
    site->hash = hash;
    site->next = *bucket;
    tmi_store_release(&(*chunk)[id % TMI_ID_CHUNK], site);
    tmi_store_release(bucket, site);
    sites.count = id;
    return site;
}

static struct tmi_site *intern(struct trackmem_place place)
{
    size_t function_size = function_length(&place.function);
    uint32_t hash = mix(place.line, (uint32_t)((uintptr_t)place.address >> 1));
    struct tmi_site *site;

    if (place.file != NULL && place.address == NULL)
        hash = hash_text(hash, place.file, strlen(place.file));
    if (place.function != NULL && place.address == NULL)
        hash = hash_text(hash, place.function, function_size);
    site = find(hash, &place, function_size);
    if (site == NULL) {
        tmi_platform_lock(&tmi_names_lock);
        site = find(hash, &place, function_size);
        if (site == NULL)
            site = insert(hash, &place, function_size);
        tmi_platform_unlock(&tmi_names_lock);
    }
    return site != NULL ? site : &tmi_site_other;
}

struct tmi_site *tmi_site_by_id(uint32_t id)
{
    if (id == 0)
        return &tmi_site_other;
    return tmi_load_acquire(&tmi_load_acquire(&sites.chunks[id / TMI_ID_CHUNK])[id % TMI_ID_CHUNK]);
}

struct tmi_site *tmi_site_of(struct trackmem_site *descriptor)
{
    uint32_t id = tmi_load_acquire(&descriptor->id); /* pairs with the store below */
    struct tmi_site *site;

    if (id != 0)
        return tmi_site_by_id(id);
    site = intern((struct trackmem_place){
        .file = descriptor->file, .function = descriptor->function, .line = descriptor->line });
    tmi_store_release(&descriptor->id, site->id);
    return site;
}

static struct tmi_site_handle *find_handle(struct tmi_site *site, struct trackmem_domain *domain)
{
    struct tmi_site_handle *handle = tmi_load_acquire(&site->handles);

    while (handle != NULL && handle->descriptor.domain != domain)
        handle = handle->next;
    return handle;
}

/* "names" is held. */
static struct tmi_site_handle *insert_handle(struct tmi_site *site, struct trackmem_domain *domain)
{
    struct tmi_site_handle *handle = tmi_own_alloc(sizeof *handle);

    if (handle == NULL)
        return NULL;
    handle->descriptor = (struct trackmem_site){
        .file = site->place.file,
        .function = site->place.function,
        .domain = domain,
        .line = site->place.line,
        .id = site->id,
        .layout_version = TRACKMEM_LAYOUT_VERSION,
    };
    handle->next = site->handles;
    tmi_store_release(&site->handles, handle);
    return handle;
}

static struct trackmem_site *handle_of(struct tmi_site *site, struct trackmem_domain *domain)
{
    struct tmi_site_handle *handle;

    if (site == &tmi_site_other)
        return &other_handle;
    handle = find_handle(site, domain);
    if (handle == NULL) {
        tmi_platform_lock(&tmi_names_lock);
        handle = find_handle(site, domain);
        if (handle == NULL)
            handle = insert_handle(site, domain);
        tmi_platform_unlock(&tmi_names_lock);
    }
    return handle != NULL ? &handle->descriptor : &other_handle;
}

struct trackmem_site *tmi_site_handle_of_site(struct tmi_site *site)
{
    return handle_of(site, NULL);
}

struct trackmem_site *tmi_site_handle(const char *file, uint32_t line, const char *function,
                                      struct trackmem_domain *domain)
{
    /* By the domain itself: at the address of a static object another module's may stand later. */
    if (domain != NULL)
        domain = &tmi_domain_of(domain)->handle;
    return handle_of(
        intern((struct trackmem_place){ .file = file, .function = function, .line = line }),
        domain);
}

/* The address stands for the place: the texts are looked up once, when it is new. */
struct trackmem_site *tmi_site_handle_of_address(const void *address)
{
    struct trackmem_place place = { .address = address };
    uint32_t hash = mix(0, (uint32_t)((uintptr_t)address >> 1));
    struct tmi_site *site = tmi_load_acquire(&sites.buckets[hash & (TMI_BUCKETS - 1)]);
    struct tmi_code_place code;
    struct tmi_text name;
    char buffer[512];

    while (site != NULL && site->place.address != address)
        site = site->next;
    if (site == NULL && tmi_platform_code_place(address, &code)) {
        tmi_text_init(&name, buffer, sizeof buffer);
        tmi_text_add(&name, code.module);
        tmi_text_add(&name, "+0x");
        tmi_text_add_hex(&name, code.offset);
        place.file = buffer;
        place.function = code.function;
    }
    return handle_of(site != NULL ? site : intern(place), NULL);
}

bool tmi_site_place_if_readable(const struct trackmem_site *descriptor,
                                struct trackmem_place *place)
{
    if (descriptor == NULL || (uintptr_t)descriptor % sizeof(void *) != 0 ||
        !tmi_platform_readable(descriptor, sizeof *descriptor) ||
        descriptor->layout_version != TRACKMEM_LAYOUT_VERSION || descriptor->file == NULL ||
        !tmi_platform_readable(descriptor->file, 1) ||
        (descriptor->function != NULL && !tmi_platform_readable(descriptor->function, 1)))
        return false;
    *place = (struct trackmem_place){ .file = descriptor->file,
                                      .function = descriptor->function,
                                      .line = descriptor->line };
    return true;
}
