/*
 * platform/registers.h: the registers of a thread that a tracer holds. Linux.
 */
#ifndef TMI_PLATFORM_REGISTERS_H
#define TMI_PLATFORM_REGISTERS_H

#include "platform/threads.h"

/* Called by the tracer; fills in what stands behind `signal`, as far as the system tells. */
void tmi_registers_read(struct tmi_held_thread *thread);

#endif
