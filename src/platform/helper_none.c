/*
 * platform/helper_none.c: no helper processes, and nothing that is loaded; see helper.h.
 */
#include "platform/helper.h"

bool tmi_platform_filter(const char *text, size_t size, int fd)
{
    (void)text;
    (void)size;
    (void)fd;
    return false;
}

bool tmi_platform_load_resolver(void)
{
    return false;
}

bool tmi_platform_resolve(const char *text, int fd)
{
    (void)text;
    (void)fd;
    return false;
}
