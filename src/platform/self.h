/*
 * platform/self.h: the one pointer that each thread has of us.
 */
#ifndef TMI_PLATFORM_SELF_H
#define TMI_PLATFORM_SELF_H

#include <stdint.h>

#include "base/compiler.h"
#include "base/config.h"

struct tmi_thread;

#if defined(_WIN32)
/* A slot of the system's: see windows.c. NULL before tmi_platform_thread_init. */
struct tmi_thread *tmi_self(void);
void tmi_self_set(struct tmi_thread *thread);
/* A number that no other living thread has. */
uintptr_t tmi_self_identity(void);
#else
#if TMI_SMALL
extern struct tmi_thread *tmi_self_pointer;
#else
extern TMI_HIDDEN TMI_THREAD_LOCAL struct tmi_thread *tmi_self_pointer;
#endif
TMI_INLINE struct tmi_thread *tmi_self(void)
{
    return tmi_self_pointer;
}
TMI_INLINE void tmi_self_set(struct tmi_thread *thread)
{
    tmi_self_pointer = thread;
}
TMI_INLINE uintptr_t tmi_self_identity(void)
{
    return (uintptr_t)&tmi_self_pointer;
}
#endif

#endif
