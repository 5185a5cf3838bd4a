/*
 * alloc/checked_wide.c: trackmem/checked.h: wide characters, in arrays and in strings; sizes count
 * them.
 */
#include <wchar.h>

#include "alloc/reach.h"
#include "trackmem/checked_calls.h"

#define UNIT sizeof(wchar_t)
#define CALL(name) \
    (&(struct tmi_verb){ name, TRACKMEM_FAMILY_NONE, site, { false, NULL }, TMI_FRAME() })

wchar_t *trackmem_checked_wmemcpy_at(struct trackmem_site *site, wchar_t *to, const wchar_t *from,
                                     size_t size)
{
    if (tmi_reach_is_watched()) {
        tmi_reach_read(CALL("wmemcpy"), from, size * UNIT);
        tmi_reach_write(CALL("wmemcpy"), to, size * UNIT);
        tmi_reach_apart(CALL("wmemcpy"), to, from, size * UNIT);
    }
    return wmemcpy(to, from, size);
}

wchar_t *trackmem_checked_wmemmove_at(struct trackmem_site *site, wchar_t *to, const wchar_t *from,
                                      size_t size)
{
    if (tmi_reach_is_watched()) {
        tmi_reach_read(CALL("wmemmove"), from, size * UNIT);
        tmi_reach_write(CALL("wmemmove"), to, size * UNIT);
    }
    return wmemmove(to, from, size);
}

wchar_t *trackmem_checked_wmemset_at(struct trackmem_site *site, wchar_t *to, wchar_t value,
                                     size_t size)
{
    if (tmi_reach_is_watched())
        tmi_reach_write(CALL("wmemset"), to, size * UNIT);
    return wmemset(to, value, size);
}

int trackmem_checked_wmemcmp_at(struct trackmem_site *site, const wchar_t *left,
                                const wchar_t *right, size_t size)
{
    if (tmi_reach_is_watched()) {
        tmi_reach_read(CALL("wmemcmp"), left, size * UNIT);
        tmi_reach_read(CALL("wmemcmp"), right, size * UNIT);
    }
    return wmemcmp(left, right, size);
}

wchar_t *trackmem_checked_wmemchr_at(struct trackmem_site *site, const wchar_t *start,
                                     wchar_t wanted, size_t size)
{
    if (tmi_reach_is_watched())
        tmi_reach_search(CALL("wmemchr"), start, size, UNIT,
                         (struct tmi_stops){ &wanted, 1, true });
    return (wchar_t *)(uintptr_t)wmemchr(start, wanted, size);
}

size_t trackmem_checked_wcslen_at(struct trackmem_site *site, const wchar_t *text)
{
    if (tmi_reach_is_watched())
        (void)tmi_reach_text(CALL("wcslen"), text, TMI_REACH_ENDLESS, UNIT);
    return wcslen(text);
}

wchar_t *trackmem_checked_wcscpy_at(struct trackmem_site *site, wchar_t *to, const wchar_t *from)
{
    if (tmi_reach_is_watched())
        tmi_reach_copy_text(CALL("wcscpy"), to, from, TMI_REACH_ENDLESS, UNIT);
    return wcscpy(to, from);
}

wchar_t *trackmem_checked_wcsncpy_at(struct trackmem_site *site, wchar_t *to, const wchar_t *from,
                                     size_t size)
{
    if (tmi_reach_is_watched())
        tmi_reach_copy_text(CALL("wcsncpy"), to, from, size, UNIT);
    return wcsncpy(to, from, size);
}

wchar_t *trackmem_checked_wcscat_at(struct trackmem_site *site, wchar_t *to, const wchar_t *from)
{
    if (tmi_reach_is_watched())
        tmi_reach_append_text(CALL("wcscat"), to, from, TMI_REACH_ENDLESS, UNIT);
    return wcscat(to, from);
}

wchar_t *trackmem_checked_wcsncat_at(struct trackmem_site *site, wchar_t *to, const wchar_t *from,
                                     size_t most)
{
    if (tmi_reach_is_watched())
        tmi_reach_append_text(CALL("wcsncat"), to, from, most, UNIT);
    return wcsncat(to, from, most);
}

int trackmem_checked_wcscmp_at(struct trackmem_site *site, const wchar_t *left,
                               const wchar_t *right)
{
    if (tmi_reach_is_watched())
        tmi_reach_compare(CALL("wcscmp"), left, right, TMI_REACH_ENDLESS, UNIT);
    return wcscmp(left, right);
}

int trackmem_checked_wcsncmp_at(struct trackmem_site *site, const wchar_t *left,
                                const wchar_t *right, size_t most)
{
    if (tmi_reach_is_watched())
        tmi_reach_compare(CALL("wcsncmp"), left, right, most, UNIT);
    return wcsncmp(left, right, most);
}

size_t trackmem_checked_wcsspn_at(struct trackmem_site *site, const wchar_t *text,
                                  const wchar_t *accepted)
{
    if (tmi_reach_is_watched())
        tmi_reach_span(CALL("wcsspn"), text, accepted, false, UNIT);
    return wcsspn(text, accepted);
}

size_t trackmem_checked_wcscspn_at(struct trackmem_site *site, const wchar_t *text,
                                   const wchar_t *rejected)
{
    if (tmi_reach_is_watched())
        tmi_reach_span(CALL("wcscspn"), text, rejected, true, UNIT);
    return wcscspn(text, rejected);
}

wchar_t *trackmem_checked_wcschr_at(struct trackmem_site *site, const wchar_t *text, wchar_t wanted)
{
    const wchar_t unit = (wchar_t)wanted;

    if (tmi_reach_is_watched())
        tmi_reach_search(CALL("wcschr"), text, TMI_REACH_ENDLESS, UNIT,
                         (struct tmi_stops){ &unit, 1, true });
    return (wchar_t *)(uintptr_t)wcschr(text, wanted);
}

wchar_t *trackmem_checked_wcsrchr_at(struct trackmem_site *site, const wchar_t *text,
                                     wchar_t wanted)
{
    if (tmi_reach_is_watched())
        (void)tmi_reach_text(CALL("wcsrchr"), text, TMI_REACH_ENDLESS, UNIT);
    return (wchar_t *)(uintptr_t)wcsrchr(text, wanted);
}

wchar_t *trackmem_checked_wcspbrk_at(struct trackmem_site *site, const wchar_t *text,
                                     const wchar_t *wanted)
{
    if (tmi_reach_is_watched())
        tmi_reach_span(CALL("wcspbrk"), text, wanted, true, UNIT);
    return (wchar_t *)(uintptr_t)wcspbrk(text, wanted);
}

wchar_t *trackmem_checked_wcsstr_at(struct trackmem_site *site, const wchar_t *text,
                                    const wchar_t *wanted)
{
    if (tmi_reach_is_watched()) {
        (void)tmi_reach_text(CALL("wcsstr"), text, TMI_REACH_ENDLESS, UNIT);
        (void)tmi_reach_text(CALL("wcsstr"), wanted, TMI_REACH_ENDLESS, UNIT);
    }
    return (wchar_t *)(uintptr_t)wcsstr(text, wanted);
}
