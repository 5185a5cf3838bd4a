/*
 * audit/paths.h: the files to read: those named, and all below the folders named, by the alphabet.
 * Links in folders are not followed.
 */
#ifndef TMT_AUDIT_PATHS_H
#define TMT_AUDIT_PATHS_H

#include <stdbool.h>
#include <stddef.h>

#include "audit/worker.h"

struct tmt_paths {
    struct tmt_path *paths;
    size_t count, room;
};

/* false: memory ran out, and it has complained. A folder that cannot be read is a failure. */
bool tmt_paths_collect(struct tmt_paths *paths, struct tmt_audit *audit, char *const *named,
                       size_t count);
void tmt_paths_finish(struct tmt_paths *paths);

#endif
