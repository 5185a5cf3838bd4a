/*
 * alloc/small_libc.c: what in the small profile needs a C library with a heap (newlib's, say): its
 * backend stands in backend/libc.c, the named escapes here. Linked by who calls them.
 */
#include <stdlib.h>
#include <string.h>

#include "alloc/small.h"

void *trackmem_libc_malloc(size_t size)
{
    return malloc(size); /* raw: the named escape */
}

void *trackmem_libc_calloc(size_t count, size_t size)
{
    return calloc(count, size); /* raw: the named escape */
}

void *trackmem_libc_realloc(void *ptr, size_t size)
{
    return realloc(ptr, size); /* raw: the named escape */
}

void trackmem_libc_free(void *ptr)
{
    free(ptr); /* raw: the named escape */
}

char *trackmem_libc_strdup(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = malloc(size); /* raw: the named escape */

    return copy != NULL ? memcpy(copy, text, size) : NULL;
}

enum trackmem_status trackmem_adopt_at(struct trackmem_site *site, void *ptr, size_t size)
{
    (void)site;
    (void)size;
    return ptr != NULL ? TRACKMEM_UNSUPPORTED : TRACKMEM_INVALID;
}

enum trackmem_status(trackmem_adopt)(void *ptr, size_t size)
{
    return trackmem_adopt_at(NULL, ptr, size);
}

static void *export_block(const void *caller, void *ptr)
{
    struct tmi_small_block block;
    void *copy;

    if (ptr == NULL || !tmi_small_inspect(caller, ptr, "trackmem_export", &block))
        return NULL;
    copy = malloc(tmi_small_size(block.w0)); /* raw: it leaves us */
    if (copy == NULL)
        return NULL;
    memcpy(copy, ptr, tmi_small_size(block.w0));
    tmi_small_release(caller, ptr, tmi_small_family(block.w0), "trackmem_export");
    return copy;
}

TMI_SMALL_VERB void *trackmem_export_at(struct trackmem_site *site, void *ptr)
{
    (void)site;
    return export_block(TMI_SMALL_CALLER, ptr);
}

void *(trackmem_export)(void *ptr)
{
    return export_block(TMI_SMALL_CALLER, ptr);
}
