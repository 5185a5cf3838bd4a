/*
 * platform/guard.h: bytes that fault when they are touched, where a machine can have some.
 */
#ifndef TMI_PLATFORM_GUARD_H
#define TMI_PLATFORM_GUARD_H

#include <stdbool.h>
#include <stdint.h>

/* How many bytes a guard has, and what it must be aligned to. */
#define TMI_GUARD_BYTES 32u

/* Forbids any access to TMI_GUARD_BYTES at that address. False: nothing was changed. */
bool tmi_platform_guard(uintptr_t address);

#endif
