/*
 * account/own.c: see own.h. A bump allocator over mapped chunks.
 */
#include "account/own.h"

#include <string.h>

#include "base/atomic.h"
#include "platform/platform.h"

static struct {
    struct tmi_lock lock; /* guards next and left; rank "own" */
    char *next;
    size_t left;
    uintptr_t mapped_bytes; /* atomic, relaxed: a statistic */
} own;

void *tmi_own_map(size_t size)
{
    void *pages = tmi_platform_map(size);

    if (pages != NULL)
        (void)tmi_add(&own.mapped_bytes, size);
    return pages;
}

void tmi_own_unmap(void *pages, size_t size)
{
    if (pages == NULL)
        return;
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
