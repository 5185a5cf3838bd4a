/*
 * alloc/leak_search_none.c: alloc/leak_search.h where there is no check mode.
 */
#include "alloc/leak_search.h"

struct tmi_leaks *tmi_leak_search_process(bool all, uintptr_t stack)
{
    (void)stack;
    (void)all;
    return NULL;
}

struct tmi_leaks *tmi_leak_search_domain(const struct tmi_domain *domain)
{
    (void)domain;
    return NULL;
}

struct tmi_leaks *tmi_leak_search_since(const struct tmi_census *earlier)
{
    (void)earlier;
    return NULL;
}

void tmi_leak_search_lock_for_fork(void)
{
}

void tmi_leak_search_unlock_after_fork(void)
{
}

struct tmi_census *tmi_census_now(void)
{
    return NULL;
}

void tmi_census_destroy(struct tmi_census *census)
{
    (void)census;
}
