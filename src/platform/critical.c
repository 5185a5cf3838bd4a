/*
 * platform/critical.c: all that the small profile asks of a machine: the critical section, which is
 * its lock too, and a word. The contract is platform.h and trackmem/small.h; docs/porting.md says
 * how a port replaces the first two.
 */
#include "platform/platform.h"

#include "trackmem/small.h"

#define WEAK __attribute__((__weak__))

#if defined(__ARM_ARCH_PROFILE) && __ARM_ARCH_PROFILE == 'M'
WEAK uintptr_t trackmem_critical_enter(void)
{
    uintptr_t primask;

    __asm__ volatile("mrs %0, primask\n\tcpsid i" : "=r"(primask) : : "memory");
    return primask;
}

WEAK void trackmem_critical_leave(uintptr_t state)
{
    __asm__ volatile("msr primask, %0" : : "r"(state) : "memory");
}
#else
WEAK uintptr_t trackmem_critical_enter(void)
{
    return 0;
}

WEAK void trackmem_critical_leave(uintptr_t state)
{
    (void)state;
}
#endif

/* The lock keeps what leave gets: nobody else is between the two. */
void tmi_platform_lock(struct tmi_lock *lock)
{
    uintptr_t state = trackmem_critical_enter();

    lock->word = (uint32_t)state;
}

void tmi_platform_unlock(struct tmi_lock *lock)
{
    trackmem_critical_leave(lock->word);
}

/* Nothing here differs from run to run. */
uintptr_t tmi_platform_random(void)
{
    return (uintptr_t)0x6d61726bu;
}
