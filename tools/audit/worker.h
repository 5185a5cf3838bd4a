/*
 * audit/worker.h: reads files in a child process, so that one which makes the object library abort,
 * fault or never end costs itself alone.
 */
#ifndef TMT_AUDIT_WORKER_H
#define TMT_AUDIT_WORKER_H

#include <stdbool.h>
#include <stddef.h>

#include "audit/model.h"

struct tmt_path {
    char *path;
    bool named; /* by the user; else found in a folder, where it may be no object at all */
};

/* Reads all paths into the model. false: memory or processes ran out; it has complained. */
bool tmt_worker_read(struct tmt_audit *audit, const struct tmt_path *paths, size_t count);

#endif
