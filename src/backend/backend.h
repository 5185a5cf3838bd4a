/*
 * backend/backend.h: the sources of spans, by number: 0 is the process's own, the others are those
 * that domains were given. A block's header carries the number.
 */
#ifndef TMI_BACKEND_BACKEND_H
#define TMI_BACKEND_BACKEND_H

#include "base/compiler.h"
#include "base/config.h"
#include "trackmem/backend.h"

/*
 * Number 0 is written before the first block only. The others are never changed, and whoever meets
 * such a number read it with acquire, or in a block that came to it from another thread.
 */
extern TMI_HIDDEN struct trackmem_backend tmi_backends[TMI_BACKENDS];

/*
 * The number of a backend, given on first sight; -1 when all are taken. The caller holds "names".
 */
int tmi_backend_number(const struct trackmem_backend *backend);

/* Whether its functions are there that must be. */
bool tmi_backend_is_complete(const struct trackmem_backend *backend);

/* Whether a backend is a copy of the built-in one. Loads nothing. */
bool tmi_backend_is_mimalloc(const struct trackmem_backend *backend);

/* The figures of the region that a backend is; false if it is none, or one that was finished. */
bool tmi_region_figures(const struct trackmem_backend *backend,
                        struct trackmem_region_figures *figures);

/* Holds all regions still while the process forks. */
void tmi_region_lock_for_fork(void);
void tmi_region_unlock_after_fork(void);

#endif
