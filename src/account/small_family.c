/*
 * account/small_family.c: the families of the small profile: those that stand from the start, and
 * pointers to what the program registers. Names are not copied.
 */
#include "account/small.h"

enum { FIRST = TRACKMEM_FAMILY_LIBC + 1, LAST = TRACKMEM_FAMILY_LIBC + TRACKMEM_MAX_FAMILIES };

_Static_assert(LAST <= 15, "four bits in the header");

static const struct trackmem_family_info known[FIRST] = {
    { "unknown", NULL, NULL },
    { "trackmem", "trackmem_malloc", "trackmem_free" },
    { "aligned", "trackmem_aligned_alloc", "trackmem_aligned_free" },
    { "libc", "malloc", "free" },
};

/* NULL: not taken. Changed in the critical section, and never back. */
static const struct trackmem_family_info *registered[TRACKMEM_MAX_FAMILIES];

const struct trackmem_family_info *tmi_family_info(trackmem_family family)
{
    if (family < FIRST)
        return &known[family];
    return family <= LAST && registered[family - FIRST] != NULL ? registered[family - FIRST]
                                                                : &known[0];
}

static bool are_equal(const char *a, const char *b)
{
    while (*a == *b && *a != '\0') {
        ++a;
        ++b;
    }
    return *a == *b;
}

trackmem_family trackmem_family_register(const struct trackmem_family_info *info)
{
    trackmem_family family = 1;
    uintptr_t state;

    if (info == NULL || info->name == NULL || info->name[0] == '\0' || info->free_verb == NULL)
        return TRACKMEM_FAMILY_NONE;
    state = tmi_critical_enter();
    while (family <= LAST && tmi_family_info(family) != &known[0] &&
           !are_equal(tmi_family_info(family)->name, info->name))
        ++family;
    if (family > LAST)
        family = TRACKMEM_FAMILY_NONE;
    else if (family >= FIRST && registered[family - FIRST] == NULL)
        registered[family - FIRST] = info;
    tmi_critical_leave(state);
    return family;
}

const char *trackmem_family_name(trackmem_family family)
{
    return tmi_family_info(family)->name;
}
