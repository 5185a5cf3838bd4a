/*
 * alloc/leak_list.c: see leak_list.h.
 */
#include "alloc/leak_list.h"

#include "account/account.h"
#include "account/own.h"
#include "base/sort.h"

struct list {
    struct tmi_leaks leaks;
    size_t capacity;
    size_t mask;
    uint32_t *buckets; /* by hash: one more than the group's number; 0: empty. NULL: in order */
};

struct tmi_leaks *tmi_leaks_create(size_t groups)
{
    size_t capacity = groups < TMI_LEAK_GROUPS ? groups + 1 : TMI_LEAK_GROUPS;
    size_t buckets = 16;
    struct list *list;
    size_t bytes;

    while (buckets < 2 * capacity)
        buckets *= 2;
    bytes = sizeof *list + capacity * sizeof *list->leaks.list + buckets * sizeof *list->buckets;
    list = tmi_own_map(bytes);
    if (list == NULL)
        return NULL;
    list->leaks.pages_bytes = bytes;
    list->leaks.list = (struct tmi_leak *)(list + 1);
    list->capacity = capacity;
    list->mask = buckets - 1;
    list->buckets = (uint32_t *)(list->leaks.list + capacity);
    return &list->leaks;
}

void tmi_leaks_destroy(struct tmi_leaks *leaks)
{
    if (leaks != NULL)
        tmi_own_unmap(leaks, leaks->pages_bytes);
}

/* Where a group stands in the buckets, or would. */
static uint32_t *bucket_of(const struct list *list, enum tmi_leak_class class, uint32_t account,
                           uint32_t stack)
{
    uint64_t key = ((uint64_t)account << 32 | stack) * 4 + (uint64_t) class;
    size_t at = (size_t)(key * 0x9e3779b97f4a7c15u >> 40);

    for (;; ++at) {
        uint32_t *bucket = &list->buckets[at & list->mask];
        const struct tmi_leak *leak = &list->leaks.list[*bucket - 1];

        if (*bucket == 0 ||
            (leak->class == class && leak->account == account && leak->stack == stack))
            return bucket;
    }
}

struct tmi_leak *tmi_leaks_find(const struct tmi_leaks *leaks, enum tmi_leak_class class,
                                uint32_t account, uint32_t stack)
{
    const struct list *list = (const void *)leaks;
    uint32_t number = list->buckets != NULL ? *bucket_of(list, class, account, stack) : 0;

    return number != 0 ? &leaks->list[number - 1] : NULL;
}

void tmi_leaks_add_block(struct tmi_leaks *leaks, enum tmi_leak_class class, uint32_t account,
                         uint32_t stack, size_t size)
{
    struct list *list = (void *)leaks;
    uint32_t *bucket = bucket_of(list, class, account, stack);

    ++leaks->blocks;
    leaks->bytes += size;
    if (*bucket == 0) {
        const struct tmi_account *known = tmi_account_by_id(account);

        if (leaks->count == list->capacity)
            return;
        leaks->list[leaks->count] = (struct tmi_leak){
            .class = class,
            .stack = stack,
            .account = account,
            .place = known->site->place,
            .domain = &known->domain->handle,
        };
        *bucket = (uint32_t)++leaks->count;
    }
    ++leaks->list[*bucket - 1].blocks;
    leaks->list[*bucket - 1].bytes += size;
}

void tmi_leaks_add_site(struct tmi_leaks *leaks, const struct trackmem_site_stats *site)
{
    struct list *list = (void *)leaks;
    uint64_t bytes = (int64_t)site->live_bytes > 0 ? site->live_bytes : 0;

    if ((int64_t)site->live_blocks <= 0)
        return;
    leaks->blocks += site->live_blocks;
    leaks->bytes += bytes;
    if (leaks->count == list->capacity)
        return;
    leaks->list[leaks->count++] = (struct tmi_leak){
        .class = TMI_LEAK_ALIVE,
        .blocks = site->live_blocks,
        .bytes = bytes,
        .place = site->place,
        .domain = site->domain,
    };
}

static bool stands_before(const void *a, const void *b, const void *user)
{
    const struct tmi_leak *left = a;
    const struct tmi_leak *right = b;

    (void)user;
    if (left->class != right->class)
        return left->class < right->class;
    if (left->bytes != right->bytes)
        return left->bytes > right->bytes;
    if (left->blocks != right->blocks)
        return left->blocks > right->blocks;
    if (left->place.line != right->place.line)
        return left->place.line < right->place.line;
    return left->stack < right->stack;
}

void tmi_leaks_settle(struct tmi_leaks *leaks)
{
    size_t kept = 0;

    for (size_t i = 0; i < leaks->count; ++i)
        if (leaks->list[i].blocks != 0)
            leaks->list[kept++] = leaks->list[i];
    leaks->count = kept;
    ((struct list *)(void *)leaks)->buckets = NULL;
    tmi_sort(leaks->list, kept, sizeof *leaks->list, stands_before, NULL);
}
