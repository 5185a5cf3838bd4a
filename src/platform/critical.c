/*
 * platform/critical.c: all that the small profile asks of a machine: the critical section, which is
 * its lock too, and a word. The contract is platform.h and trackmem/small.h; docs/porting.md says
 * how a port replaces the first two.
 */
#include "platform/critical.h"
#include "platform/platform.h"

#define WEAK __attribute__((__weak__))

WEAK uintptr_t trackmem_critical_enter(void)
{
    return 0;
}

WEAK void trackmem_critical_leave(uintptr_t state)
{
    (void)state;
}

/* The lock keeps what leave gets: nobody else is between the two. */
void tmi_platform_lock(struct tmi_lock *lock)
{
    uintptr_t state = tmi_critical_enter();

    lock->word = (uint32_t)state;
}

void tmi_platform_unlock(struct tmi_lock *lock)
{
    tmi_critical_leave(lock->word);
}

/* Nothing here differs from run to run. */
uintptr_t tmi_platform_random(void)
{
    return (uintptr_t)0x6d61726bu;
}
