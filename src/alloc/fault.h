/*
 * alloc/fault.h: what a fault of the program was.
 */
#ifndef TMI_ALLOC_FAULT_H
#define TMI_ALLOC_FAULT_H

#include "base/compiler.h"
#include "platform/fault.h"

extern TMI_HIDDEN const struct tmi_fault_catcher tmi_fault_catcher;

#endif
