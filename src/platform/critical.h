/*
 * platform/critical.h: the critical section, in line where it is a few instructions: on Cortex-M,
 * unless the port has one of its own (TRACKMEM_CRITICAL_HOOKS in trackmem/small_config.h).
 */
#ifndef TMI_PLATFORM_CRITICAL_H
#define TMI_PLATFORM_CRITICAL_H

#include "base/compiler.h"
#include "trackmem/small.h"

TMI_INLINE uintptr_t tmi_critical_enter(void)
{
#if defined(__ARM_ARCH_PROFILE) && __ARM_ARCH_PROFILE == 'M' && !TRACKMEM_CRITICAL_HOOKS
    uintptr_t primask;

    __asm__ volatile("mrs %0, primask\n\tcpsid i" : "=r"(primask) : : "memory");
    return primask;
#else
    return trackmem_critical_enter();
#endif
}

TMI_INLINE void tmi_critical_leave(uintptr_t state)
{
#if defined(__ARM_ARCH_PROFILE) && __ARM_ARCH_PROFILE == 'M' && !TRACKMEM_CRITICAL_HOOKS
    __asm__ volatile("msr primask, %0" : : "r"(state) : "memory");
#else
    trackmem_critical_leave(state);
#endif
}

#endif
