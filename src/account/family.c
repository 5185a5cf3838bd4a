/*
 * account/family.c: the registry of families. Writers hold "names"; readers take no lock.
 */
#include "account/family.h"

#include <string.h>

#include "account/names.h"
#include "account/own.h"
#include "base/atomic.h"

static struct {
    struct trackmem_family_info info[TMI_FAMILIES];
    struct {
        trackmem_describe_fn *fn; /* stored with release, read with acquire: its user stands */
        void *user;
    } describe[TMI_FAMILIES];
    uint32_t count; /* stored with release, read with acquire: numbers below it stand */
} families = {
    .info =
        {
            [TRACKMEM_FAMILY_NONE] = {"unknown", NULL, NULL},
            [TRACKMEM_FAMILY_PLAIN] = {"trackmem", "trackmem_malloc", "trackmem_free"},
            [TRACKMEM_FAMILY_ALIGNED] = {"aligned", "trackmem_aligned_alloc",
                                         "trackmem_aligned_free"},
            [TRACKMEM_FAMILY_LIBC] = {"libc", "malloc", "free"},
        },
    .count = TRACKMEM_FAMILY_LIBC + 1,
};

const struct trackmem_family_info *tmi_family_info(trackmem_family family)
{
    return &families.info[family < tmi_load_acquire(&families.count) ? family : 0];
}

static const char *copy_if_any(const char *text)
{
    return text != NULL ? tmi_own_text(text, strlen(text)) : NULL;
}

trackmem_family tmi_family_register(const struct trackmem_family_info *info)
{
    uint32_t family;

    if (info == NULL || info->name == NULL || info->name[0] == '\0' || info->free_verb == NULL)
        return TRACKMEM_FAMILY_NONE;
    tmi_platform_lock(&tmi_names_lock);
    for (family = 1; family < families.count; ++family)
        if (strcmp(families.info[family].name, info->name) == 0)
            break;
    if (family == families.count && family < TMI_FAMILIES) {
        struct trackmem_family_info *copy = &families.info[family];

        copy->name = copy_if_any(info->name);
        copy->allocate_verb = copy_if_any(info->allocate_verb);
        copy->free_verb = copy_if_any(info->free_verb);
        if (copy->name != NULL && copy->free_verb != NULL)
            tmi_store_release(&families.count, family + 1);
        else
            family = TMI_FAMILIES;
    }
    tmi_platform_unlock(&tmi_names_lock);
    return family < TMI_FAMILIES ? family : TRACKMEM_FAMILY_NONE;
}

bool tmi_family_describe(trackmem_family family, const void *block, size_t size, const void *ptr,
                         struct trackmem_sub_block *sub_block)
{
    trackmem_describe_fn *fn = NULL;

    if (family < TMI_FAMILIES)
        fn = tmi_load_acquire(&families.describe[family].fn);
    return fn != NULL && fn(block, size, ptr, sub_block, tmi_load(&families.describe[family].user));
}

enum trackmem_status tmi_family_set_describe(trackmem_family family, trackmem_describe_fn *fn,
                                             void *user)
{
    enum trackmem_status status = TRACKMEM_NOT_FOUND;

    tmi_platform_lock(&tmi_names_lock);
    if (family > TRACKMEM_FAMILY_LIBC && family < families.count) {
        /* In between nobody gets the new user with the old function. */
        tmi_store_release(&families.describe[family].fn, NULL);
        tmi_store_release(&families.describe[family].user, user);
        tmi_store_release(&families.describe[family].fn, fn);
        status = TRACKMEM_OK;
    }
    tmi_platform_unlock(&tmi_names_lock);
    return status;
}
