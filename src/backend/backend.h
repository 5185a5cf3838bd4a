/*
 * backend/backend.h: the source of spans in force.
 */
#ifndef TMI_BACKEND_BACKEND_H
#define TMI_BACKEND_BACKEND_H

#include <stdbool.h>

#include "base/compiler.h"
#include "trackmem/backend.h"

/* Written before the first block only (trackmem_set_backend), read without synchronisation. */
extern TMI_HIDDEN struct trackmem_backend tmi_backend;

/* Whether tmi_backend is still the C library's. */
bool tmi_backend_is_libc(void);

#endif
