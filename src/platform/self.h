/*
 * platform/self.h: the pointer that each thread has of us. In check mode it stands at a second
 * place, and the first stays NULL, so that the hot paths (alloc/hot.c) leave every call to others.
 */
#ifndef TMI_PLATFORM_SELF_H
#define TMI_PLATFORM_SELF_H

#include <stdint.h>

#include "base/compiler.h"
#include "base/config.h"
#include "platform/platform.h"

struct tmi_thread;

#if defined(_WIN32)
/* A slot of the system's: see windows.c. NULL before tmi_platform_thread_init. */
struct tmi_thread *tmi_self(void);
void tmi_self_set(struct tmi_thread *thread);
/* A number that no other living thread has. */
uintptr_t tmi_self_identity(void);
/* In check mode it is what thread ends are told of. */
TMI_INLINE struct tmi_thread *tmi_checked_self(void)
{
    return tmi_platform_thread_value();
}
TMI_INLINE void tmi_checked_self_set(struct tmi_thread *thread)
{
    (void)thread;
}
#else
#if TMI_SMALL
extern struct tmi_thread *tmi_self_pointer;
#define tmi_checked_self()           ((struct tmi_thread *)0)
#define tmi_checked_self_set(thread) ((void)(thread))
#else
extern TMI_HIDDEN TMI_THREAD_LOCAL struct tmi_thread *tmi_self_pointer;
extern TMI_HIDDEN TMI_THREAD_LOCAL struct tmi_thread *tmi_checked_self_pointer;
TMI_INLINE struct tmi_thread *tmi_checked_self(void)
{
    return tmi_checked_self_pointer;
}
TMI_INLINE void tmi_checked_self_set(struct tmi_thread *thread)
{
    tmi_checked_self_pointer = thread;
}
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
