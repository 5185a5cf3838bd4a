/*
 * audit/model.h: what an audit has found: objects, and in each the references that count.
 *
 * All memory belongs to the model and is freed with it. Threads: one.
 */
#ifndef TMT_AUDIT_MODEL_H
#define TMT_AUDIT_MODEL_H

#include <stdbool.h>
#include <stddef.h>

#include "audit/allocators.h"

struct tmt_allow_entry;

struct tmt_reference {
    char *function; /* "" where it cannot be told */
    char *symbol;   /* bare: malloc, not __imp_malloc or malloc@GLIBC_2.2.5 */
    const char *mend;
    enum tmt_group group;
    size_t count;
    const struct tmt_allow_entry *allowed; /* by this entry; NULL: by none */
    size_t known;                          /* how many of count stand in the baseline */
};

struct tmt_object {
    char *name;   /* PATH, or PATH(MEMBER) */
    char *folder; /* of PATH; of a member the archive */
    char *format;
    bool underscored;
    struct tmt_reference *references;
    size_t reference_count, reference_room;
};

struct tmt_failure {
    char *name; /* as of an object */
    char *what;
};

struct tmt_audit {
    struct tmt_object *objects;
    size_t object_count, object_room;
    struct tmt_failure *failures;
    size_t failure_count, failure_room;
};

/* What a set of objects amounts to; allowed references count nowhere but in `allowed`. */
struct tmt_coverage {
    size_t objects;       /* all */
    size_t clean_objects; /* that allocate, and only through trackmem */
    size_t raw_objects;   /* with a raw reference */
    size_t through, raw;  /* references */
    size_t allowed;       /* raw references that the allow-list lets be */
    size_t worse;         /* raw references that the baseline does not know */
};

/* These return NULL or false when memory ran out. */
struct tmt_object *tmt_audit_add_object(struct tmt_audit *audit, const char *path,
                                        const char *member, const char *format, bool underscored);
bool tmt_audit_add_reference(struct tmt_object *object, const char *function, const char *symbol,
                             size_t count);
bool tmt_audit_add_failure(struct tmt_audit *audit, const char *path, const char *member,
                           const char *what);
/* Objects by name, references by function and symbol. */
void tmt_audit_sort(struct tmt_audit *audit);
void tmt_audit_finish(struct tmt_audit *audit);

/* Whether a reference is raw and not allowed; it fails the audit as far as it is not known. */
bool tmt_reference_is_raw(const struct tmt_reference *reference);

void tmt_coverage_add(struct tmt_coverage *coverage, const struct tmt_object *object);

/*
 * Room for one more element: the array, moved if it was full; NULL when memory ran out, and then
 * the old one still stands.
 */
void *tmt_grow(void *array, size_t count, size_t *room, size_t element_size);

#endif
