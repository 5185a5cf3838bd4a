/*
 * platform/guard_none.c: machines whose memory cannot be forbidden by the byte.
 */
#include "platform/guard.h"

bool tmi_platform_guard(uintptr_t address)
{
    (void)address;
    return false;
}
