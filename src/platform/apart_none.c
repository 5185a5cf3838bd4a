/*
 * platform/apart_none.c: systems without copies of a process.
 */
#include "platform/platform.h"

bool tmi_platform_can_run_apart(void)
{
    return false;
}

void *tmi_platform_map_shared(size_t size)
{
    (void)size;
    return NULL;
}

bool tmi_platform_run_apart(void (*fn)(void *argument), void *argument, uint32_t milliseconds,
                            bool quiet, struct tmi_apart *apart)
{
    (void)fn;
    (void)argument;
    (void)milliseconds;
    (void)quiet;
    (void)apart;
    return false;
}
