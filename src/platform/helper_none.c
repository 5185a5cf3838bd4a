/*
 * platform/helper_none.c: no helper processes, and nothing that is loaded; see helper.h.
 */
#include "platform/helper.h"

bool tmi_platform_filter(const char *text, size_t size, tmi_text_flush_fn *write, void *user)
{
    (void)text;
    (void)size;
    (void)write;
    (void)user;
    return false;
}

bool tmi_platform_load_resolver(void)
{
    return false;
}

bool tmi_platform_resolve(const char *text, tmi_text_flush_fn *write, void *user)
{
    (void)text;
    (void)write;
    (void)user;
    return false;
}
