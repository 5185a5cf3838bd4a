/*
 * alloc/fault.h: what a fault of the program was. Called in the handler.
 */
#ifndef TMI_ALLOC_FAULT_H
#define TMI_ALLOC_FAULT_H

#include "platform/fault.h"

enum tmi_fault_answer tmi_on_fault(const struct tmi_fault *fault);

#endif
