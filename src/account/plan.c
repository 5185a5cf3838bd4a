/*
 * account/plan.c: see plan.h. Guarded by "names", since domains are made under it.
 */
#include "account/plan.h"

#include <string.h>

#include "account/names.h"

static struct tmi_plans planned;

void tmi_plan_set(const struct tmi_plans *plans)
{
    tmi_platform_lock(&tmi_names_lock);
    planned = *plans;
    tmi_platform_unlock(&tmi_names_lock);
}

/* Takes "/name", or "name" if nothing stands before it, off the end of a path. */
static bool cut_name(const char *path, size_t *length, const char *name)
{
    size_t size = strlen(name);

    if (size > *length || memcmp(path + *length - size, name, size) != 0)
        return false;
    *length -= size;
    if (*length != 0 && path[*length - 1] != '/')
        return false;
    *length -= *length != 0;
    return true;
}

static bool is_path_of(const char *path, size_t length, const struct tmi_domain *parent,
                       const char *name)
{
    bool same = length != 0 && cut_name(path, &length, name);

    for (; same && parent->parent != NULL; parent = parent->parent)
        same = length != 0 && cut_name(path, &length, parent->handle.name);
    return same && length == 0;
}

intptr_t tmi_plan_for(const struct tmi_domain *parent, const char *name)
{
    for (size_t i = 0; i < planned.count; ++i)
        if (is_path_of(planned.text + planned.plans[i].path, planned.plans[i].length, parent, name))
            return planned.plans[i].hard_bytes;
    return 0;
}
