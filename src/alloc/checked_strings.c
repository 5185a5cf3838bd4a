/*
 * alloc/checked_strings.c: trackmem/checked.h: strings.
 */
#include <string.h>

#include "alloc/reach.h"
#include "trackmem/checked_calls.h"

#define UNIT 1
#define CALL(name) \
    (&(struct tmi_verb){ name, TRACKMEM_FAMILY_NONE, site, { false, NULL }, TMI_FRAME() })

size_t trackmem_checked_strlen_at(struct trackmem_site *site, const char *text)
{
    if (tmi_reach_is_watched())
        (void)tmi_reach_text(CALL("strlen"), text, TMI_REACH_ENDLESS, UNIT);
    return strlen(text);
}

size_t trackmem_checked_strnlen_at(struct trackmem_site *site, const char *text, size_t most)
{
    const char *end;

    if (tmi_reach_is_watched())
        (void)tmi_reach_text(CALL("strnlen"), text, most, UNIT);
    end = most != 0 ? memchr(text, 0, most) : NULL;
    return end != NULL ? (size_t)(end - text) : most;
}

char *trackmem_checked_strcpy_at(struct trackmem_site *site, char *to, const char *from)
{
    if (tmi_reach_is_watched())
        tmi_reach_copy_text(CALL("strcpy"), to, from, TMI_REACH_ENDLESS, UNIT);
    return strcpy(to, from); /* NOLINT(clang-analyzer-security.insecureAPI.strcpy) */
}

char *trackmem_checked_strncpy_at(struct trackmem_site *site, char *to, const char *from,
                                  size_t size)
{
    if (tmi_reach_is_watched())
        tmi_reach_copy_text(CALL("strncpy"), to, from, size, UNIT);
    return strncpy(to, from, size);
}

/* Not every C library has these two. */
char *trackmem_checked_stpcpy_at(struct trackmem_site *site, char *to, const char *from)
{
    size_t length;

    if (tmi_reach_is_watched())
        tmi_reach_copy_text(CALL("stpcpy"), to, from, TMI_REACH_ENDLESS, UNIT);
    length = strlen(from);
    memcpy(to, from, length + 1);
    return to + length;
}

char *trackmem_checked_stpncpy_at(struct trackmem_site *site, char *to, const char *from,
                                  size_t size)
{
    const char *end;

    if (tmi_reach_is_watched())
        tmi_reach_copy_text(CALL("stpncpy"), to, from, size, UNIT);
    strncpy(to, from, size);
    end = size != 0 ? memchr(to, 0, size) : NULL;
    return end != NULL ? to + (end - to) : to + size;
}

char *trackmem_checked_strcat_at(struct trackmem_site *site, char *to, const char *from)
{
    if (tmi_reach_is_watched())
        tmi_reach_append_text(CALL("strcat"), to, from, TMI_REACH_ENDLESS, UNIT);
    return strcat(to, from); /* NOLINT(clang-analyzer-security.insecureAPI.strcpy) */
}

char *trackmem_checked_strncat_at(struct trackmem_site *site, char *to, const char *from,
                                  size_t most)
{
    if (tmi_reach_is_watched())
        tmi_reach_append_text(CALL("strncat"), to, from, most, UNIT);
    return strncat(to, from, most);
}

int trackmem_checked_strcmp_at(struct trackmem_site *site, const char *left, const char *right)
{
    if (tmi_reach_is_watched())
        tmi_reach_compare(CALL("strcmp"), left, right, TMI_REACH_ENDLESS, UNIT);
    return strcmp(left, right);
}

int trackmem_checked_strncmp_at(struct trackmem_site *site, const char *left, const char *right,
                                size_t most)
{
    if (tmi_reach_is_watched())
        tmi_reach_compare(CALL("strncmp"), left, right, most, UNIT);
    return strncmp(left, right, most);
}

size_t trackmem_checked_strspn_at(struct trackmem_site *site, const char *text,
                                  const char *accepted)
{
    if (tmi_reach_is_watched())
        tmi_reach_span(CALL("strspn"), text, accepted, false, UNIT);
    return strspn(text, accepted);
}

size_t trackmem_checked_strcspn_at(struct trackmem_site *site, const char *text,
                                   const char *rejected)
{
    if (tmi_reach_is_watched())
        tmi_reach_span(CALL("strcspn"), text, rejected, true, UNIT);
    return strcspn(text, rejected);
}

char *trackmem_checked_strchr_at(struct trackmem_site *site, const char *text, int wanted)
{
    const char unit = (char)wanted;

    if (tmi_reach_is_watched())
        tmi_reach_search(CALL("strchr"), text, TMI_REACH_ENDLESS, UNIT,
                         (struct tmi_stops){ &unit, 1, true });
    return (char *)(uintptr_t)strchr(text, wanted);
}

char *trackmem_checked_strrchr_at(struct trackmem_site *site, const char *text, int wanted)
{
    if (tmi_reach_is_watched())
        (void)tmi_reach_text(CALL("strrchr"), text, TMI_REACH_ENDLESS, UNIT);
    return (char *)(uintptr_t)strrchr(text, wanted);
}

char *trackmem_checked_strpbrk_at(struct trackmem_site *site, const char *text, const char *wanted)
{
    if (tmi_reach_is_watched())
        tmi_reach_span(CALL("strpbrk"), text, wanted, true, UNIT);
    return (char *)(uintptr_t)strpbrk(text, wanted);
}

char *trackmem_checked_strstr_at(struct trackmem_site *site, const char *text, const char *wanted)
{
    if (tmi_reach_is_watched()) {
        (void)tmi_reach_text(CALL("strstr"), text, TMI_REACH_ENDLESS, UNIT);
        (void)tmi_reach_text(CALL("strstr"), wanted, TMI_REACH_ENDLESS, UNIT);
    }
    return (char *)(uintptr_t)strstr(text, wanted);
}
