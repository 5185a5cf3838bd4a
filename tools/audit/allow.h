/*
 * audit/allow.h: the list of raw references that may be, each with its reason.
 *
 *     # a remark
 *     OBJECT FUNCTION SYMBOL reason in words
 *
 * OBJECT, FUNCTION and SYMBOL are shell patterns (fnmatch; '*' matches '/' too) over the object's
 * name (PATH or PATH(MEMBER); a pattern that does not begin with '*' or '/' may begin behind any
 * '/'), the function's and the symbol's. A name with spaces is matched by '?' in their place.
 */
#ifndef TMT_AUDIT_ALLOW_H
#define TMT_AUDIT_ALLOW_H

#include <stdbool.h>
#include <stddef.h>

#include "audit/model.h"

struct tmt_allow_entry {
    char *line; /* cut into the four */
    const char *object, *function, *symbol, *reason;
    const char *file; /* of the list */
    size_t line_number;
    size_t used; /* references that it allowed */
};

struct tmt_allow {
    struct tmt_allow_entry **entries;
    size_t count, room;
};

/* Adds the entries of a file. false: it is unreadable or wrong, and it has complained. */
bool tmt_allow_read(struct tmt_allow *allow, const char *file);
/* Marks what is allowed in the model; the first entry that matches counts. */
void tmt_allow_apply(struct tmt_allow *allow, struct tmt_audit *audit);
void tmt_allow_finish(struct tmt_allow *allow);

#endif
