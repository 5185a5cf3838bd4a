/*
 * account/own.c: see own.h. A bump allocator over mapped chunks.
 */
#include "account/own.h"

#include <string.h>

#include "base/atomic.h"
#include "platform/platform.h"

#define RANGES (TMI_SMALL ? 1u : 255u)

/* A part of the list of all that is mapped, which nothing but a search for leaks reads. */
struct range_list {
    struct tmi_own_range ranges[RANGES];
    struct range_list *next; /* stored with release */
};

static struct {
    struct tmi_lock lock; /* guards next and left; rank "own" */
    char *next;
    size_t left;
    uintptr_t mapped_bytes; /* atomic, relaxed: a statistic */
    struct range_list ranges;
    struct range_list *open; /* where an empty entry may be; stored with release */
} own = { .open = &own.ranges };

/* The list behind one that is full; NULL: no memory, and what comes is not listed. */
static struct range_list *further_list(struct range_list *list)
{
    struct range_list *none = NULL;
    struct range_list *further = tmi_load_acquire(&list->next);

    if (further != NULL)
        return further;
    further = tmi_platform_map(sizeof *further);
    if (further == NULL)
        return NULL;
    further->ranges[0] = (struct tmi_own_range){ (uintptr_t)further, sizeof *further };
    (void)tmi_add(&own.mapped_bytes, sizeof *further);
    if (__atomic_compare_exchange_n(&list->next, &none, further, false, __ATOMIC_ACQ_REL,
                                    __ATOMIC_ACQUIRE))
        return further;
    tmi_platform_unmap(further, sizeof *further);
    (void)tmi_add(&own.mapped_bytes, (uintptr_t)0 - sizeof *further);
    return none;
}

static void list_range(uintptr_t start, size_t bytes)
{
    struct range_list *list = tmi_load_acquire(&own.open);

    for (; !TMI_SMALL && list != NULL; list = further_list(list)) {
        for (size_t i = 0; i < RANGES; ++i) {
            uintptr_t none = 0;

            if (tmi_load(&list->ranges[i].start) != 0 ||
                !__atomic_compare_exchange_n(&list->ranges[i].start, &none, start, false,
                                             __ATOMIC_RELAXED, __ATOMIC_RELAXED))
                continue;
            tmi_store_release(&list->ranges[i].bytes, bytes);
            tmi_store_release(&own.open, list);
            return;
        }
    }
}

static void unlist_range(uintptr_t start)
{
    struct range_list *list = &own.ranges;

    for (; !TMI_SMALL && list != NULL; list = tmi_load_acquire(&list->next)) {
        for (size_t i = 0; i < RANGES; ++i) {
            if (tmi_load(&list->ranges[i].start) != start)
                continue;
            tmi_store(&list->ranges[i].bytes, 0);
            tmi_store_release(&list->ranges[i].start, 0);
            tmi_store_release(&own.open, list);
            return;
        }
    }
}

size_t tmi_own_ranges(struct tmi_own_range *ranges, size_t capacity)
{
    const struct range_list *list = &own.ranges;
    size_t count = 0;

    for (; list != NULL; list = tmi_load_acquire(&list->next)) {
        for (size_t i = 0; i < RANGES; ++i) {
            struct tmi_own_range range = { tmi_load(&list->ranges[i].start),
                                           tmi_load_acquire(&list->ranges[i].bytes) };

            if (range.start == 0 || range.bytes == 0)
                continue;
            if (count < capacity)
                ranges[count] = range;
            ++count;
        }
    }
    return count;
}

void *tmi_own_map(size_t size)
{
    void *pages = tmi_platform_map(size);

    if (pages == NULL)
        return NULL;
    (void)tmi_add(&own.mapped_bytes, size);
    list_range((uintptr_t)pages, size);
    return pages;
}

void tmi_own_unmap(void *pages, size_t size)
{
    if (pages == NULL)
        return;
    unlist_range((uintptr_t)pages); /* first: the address may come again at once */
    tmi_platform_unmap(pages, size);
    (void)tmi_add(&own.mapped_bytes, (uintptr_t)0 - size);
}

/* What stays leaves room for what comes and goes, else nothing could be reported any more. */
static void *map_to_stay(size_t size)
{
    uintptr_t mapped = tmi_load(&own.mapped_bytes);

    return mapped < TMI_OWN_LIMIT_BYTES && size <= TMI_OWN_LIMIT_BYTES - mapped ? tmi_own_map(size)
                                                                                : NULL;
}

void *tmi_own_alloc(size_t size)
{
    size_t alignment = size >= 64 ? 64 : sizeof(uint64_t);
    size_t gap;
    void *result = NULL;

    if (size >= TMI_OWN_CHUNK_BYTES / 4)
        return map_to_stay(size);
    tmi_platform_lock(&own.lock);
    gap = (size_t)(0 - (uintptr_t)own.next) & (alignment - 1);
    if (own.left < gap + size) {
        char *chunk = map_to_stay(TMI_OWN_CHUNK_BYTES);

        if (chunk != NULL) {
            own.next = chunk;
            own.left = TMI_OWN_CHUNK_BYTES;
            gap = 0;
        }
    }
    if (own.left >= gap + size) {
        result = own.next + gap;
        own.next += gap + size;
        own.left -= gap + size;
    }
    tmi_platform_unlock(&own.lock);
    return result;
}

const char *tmi_own_text(const char *text, size_t length)
{
    char *copy = tmi_own_alloc(length + 1);

    if (copy == NULL)
        return NULL;
    copy[length] = '\0';
    return memcpy(copy, text, length);
}

void tmi_own_add(size_t size)
{
    (void)tmi_add(&own.mapped_bytes, size);
}

uint64_t tmi_own_bytes(void)
{
    return tmi_load(&own.mapped_bytes);
}

void tmi_own_lock_for_fork(void)
{
    tmi_platform_lock(&own.lock);
}

void tmi_own_unlock_after_fork(void)
{
    tmi_platform_unlock(&own.lock);
}
