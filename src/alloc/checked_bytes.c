/*
 * alloc/checked_bytes.c: trackmem/checked.h: the functions of bytes, and of text that is printed.
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "alloc/reach.h"
#include "trackmem/checked_calls.h"

#define CALL(name) \
    (&(struct tmi_verb){ name, TRACKMEM_FAMILY_NONE, site, { false, NULL }, TMI_FRAME() })

static void watch_copy(const struct tmi_verb *call, const void *to, const void *from, size_t size)
{
    tmi_reach_read(call, from, size);
    tmi_reach_write(call, to, size);
}

void *trackmem_checked_memcpy_at(struct trackmem_site *site, void *to, const void *from,
                                 size_t size)
{
    if (tmi_reach_is_watched()) {
        watch_copy(CALL("memcpy"), to, from, size);
        tmi_reach_apart(CALL("memcpy"), to, from, size);
    }
    return memcpy(to, from, size);
}

void *trackmem_checked_memmove_at(struct trackmem_site *site, void *to, const void *from,
                                  size_t size)
{
    if (tmi_reach_is_watched())
        watch_copy(CALL("memmove"), to, from, size);
    return memmove(to, from, size);
}

/* What is found ends it, in both. */
void *trackmem_checked_memccpy_at(struct trackmem_site *site, void *to, const void *from, int last,
                                  size_t size)
{
    const unsigned char wanted = (unsigned char)last;
    const void *end = NULL;

    if (tmi_reach_is_watched())
        tmi_reach_search(CALL("memccpy"), from, size, 1, (struct tmi_stops){ &wanted, 1, true });
    if (size != 0)
        end = memchr(from, last, size);
    if (end != NULL)
        size = (size_t)((const char *)end - (const char *)from) + 1;
    if (tmi_reach_is_watched())
        tmi_reach_write(CALL("memccpy"), to, size);
    memcpy(to, from, size);
    return end != NULL ? (char *)to + size : NULL;
}

void *trackmem_checked_memset_at(struct trackmem_site *site, void *to, int value, size_t size)
{
    if (tmi_reach_is_watched())
        tmi_reach_write(CALL("memset"), to, size);
    return memset(to, value, size);
}

int trackmem_checked_memcmp_at(struct trackmem_site *site, const void *left, const void *right,
                               size_t size)
{
    if (tmi_reach_is_watched()) {
        tmi_reach_read(CALL("memcmp"), left, size);
        tmi_reach_read(CALL("memcmp"), right, size);
    }
    return memcmp(left, right, size);
}

void *trackmem_checked_memchr_at(struct trackmem_site *site, const void *start, int wanted,
                                 size_t size)
{
    const unsigned char byte = (unsigned char)wanted;

    if (tmi_reach_is_watched())
        tmi_reach_search(CALL("memchr"), start, size, 1, (struct tmi_stops){ &byte, 1, true });
    return (void *)(uintptr_t)memchr(start, wanted, size);
}

/* How much a format gives is asked first; what it is then allowed to write is looked at. */
TRACKMEM_PRINTF_(4, 0)
static int print(const struct tmi_verb *call, char *to, size_t size, const char *format,
                 va_list arguments)
{
    if (tmi_reach_is_watched() && size != 0) {
        va_list again;
        int length;

        va_copy(again, arguments);
        length = vsnprintf(NULL, 0, format, again);
        va_end(again);
        if (length >= 0)
            tmi_reach_write(call, to, (size_t)length < size ? (size_t)length + 1 : size);
    }
    return vsnprintf(to, size, format, arguments);
}

int trackmem_checked_vsnprintf_at(struct trackmem_site *site, char *to, size_t size,
                                  const char *format, va_list arguments)
{
    return print(CALL("vsnprintf"), to, size, format, arguments);
}

int trackmem_checked_snprintf_at(struct trackmem_site *site, char *to, size_t size,
                                 const char *format, ...)
{
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = print(CALL("snprintf"), to, size, format, arguments);
    va_end(arguments);
    return length;
}

/* These have no limit, but what an int can count. */
int trackmem_checked_vsprintf_at(struct trackmem_site *site, char *to, const char *format,
                                 va_list arguments)
{
    return print(CALL("vsprintf"), to, INT_MAX, format, arguments);
}

int trackmem_checked_sprintf_at(struct trackmem_site *site, char *to, const char *format, ...)
{
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = print(CALL("sprintf"), to, INT_MAX, format, arguments);
    va_end(arguments);
    return length;
}
