/*
 * alloc/verb.h: the general form of each verb. The public functions are names for these with some
 * arguments filled in; the hot paths (hot.c) turn to them for whatever is not plain.
 */
#ifndef TMI_ALLOC_VERB_H
#define TMI_ALLOC_VERB_H

#include "alloc/charge.h"
#include "block/judge.h"

/* A call: what was called, from where, on whose account. */
struct tmi_verb {
    const char *name; /* "trackmem_realloc"; NULL: the free verb of the family */
    trackmem_family family;
    struct trackmem_site *site;
    struct tmi_target target;
    const void *frame; /* TMI_FRAME() of the verb, for its stack; or NULL */
};

/* alignment: a power of two, or 0 for the plain one; anything else fails. */
void *tmi_allocate(const struct tmi_verb *verb, size_t alignment, size_t size, bool zero);
void *tmi_resize(const struct tmi_verb *verb, void *ptr, size_t alignment, size_t size);

/* claimed_size: NULL if the caller claims none. */
void tmi_release(const struct tmi_verb *verb, void *ptr, const size_t *claimed_size);

/* Where the quick ways of trackmem_malloc, _in and _free end (hot.c). */
void *tmi_malloc_slowly(struct trackmem_site *site, struct tmi_target target, size_t size);
void tmi_free_slowly(struct trackmem_site *site, void *ptr);

/* Looks at a live block of any family; misuse is reported. */
bool tmi_inspect(const struct tmi_verb *verb, const void *ptr, struct tmi_finding *finding);

/* Counts an allocation that is refused: returns NULL. */
void *tmi_refuse(const struct tmi_verb *verb);

#endif
