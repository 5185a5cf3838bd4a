/*
 * audit/allocators.h: what a symbol means to the audit. Nothing here allocates.
 */
#ifndef TMT_AUDIT_ALLOCATORS_H
#define TMT_AUDIT_ALLOCATORS_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum tmt_group {
    TMT_GROUP_NONE,        /* not about allocation */
    TMT_GROUP_THROUGH,     /* a verb of trackmem */
    TMT_GROUP_DIRECT,      /* malloc and its kin */
    TMT_GROUP_DUPLICATING, /* strdup and its kin: a copy that is freed */
    TMT_GROUP_HIDDEN,      /* getline and its kin: they allocate on the way */
    TMT_GROUP_OPERATOR,    /* operator new and delete */
    TMT_GROUP_UNSEEN,      /* no symbol, but an object whose references cannot be seen */
    TMT_GROUP_COUNT
};

/* "direct", and half a sentence about it. */
const char *tmt_group_name(enum tmt_group group);
const char *tmt_group_about(enum tmt_group group);

/*
 * The group of a symbol. `underscored`: the format puts '_' before each C name. The bare name goes
 * into name: without that underscore, the import prefix __imp_, a version (@GLIBC_2.2.5), the bytes
 * of stdcall (@12), and the frame of a fortified name (__asprintf_chk). *mend says what to call
 * instead; it is "" for other groups than raw ones.
 */
enum tmt_group tmt_allocator_find(const char *symbol, bool underscored, char *name, size_t size,
                                  const char **mend);

/*
 * Symbols that match the shell pattern go through trackmem as well: an allocator of the code base
 * which is built on it, a vendored copy under a prefix. The pattern is kept. false: too many.
 */
bool tmt_allocator_add_through(const char *pattern);

/* The symbols that stand for what cannot be seen; their group is TMT_GROUP_UNSEEN. */
#define TMT_SYMBOL_BITCODE "(LTO bitcode)"
#define TMT_SYMBOL_LINKED  "(linked statically)"

#ifdef __cplusplus
}
#endif

#endif
