/*
 * alloc/quick.h: check mode's straight way for small blocks: no budget is near its limit, no option
 * wants more, and nothing is wrong. Whatever is not plain is left to the general verbs, as hot.c
 * does in accounting mode. Where check mode is off these are one branch of the slow paths.
 */
#ifndef TMI_ALLOC_QUICK_H
#define TMI_ALLOC_QUICK_H

#include "alloc/stacks.h"
#include "alloc/verb.h"

/* Whether the way is open. Atomic, relaxed. */
extern TMI_HIDDEN bool tmi_quick;

TMI_INLINE bool tmi_is_quick(void)
{
    return !TMI_SMALL && tmi_load(&tmi_quick);
}

/* Whether it is, and no stacks are noted, nor were. */
TMI_INLINE bool tmi_is_quickest(void)
{
    return tmi_is_quick() && tmi_load(&tmi_stacks_depth) == 0 && !tmi_load(&tmi_slabs.has_stacks);
}

/* All of trackmem_malloc or _in, and of trackmem_free: where no stacks are noted, */
void *tmi_quick_malloc(struct trackmem_site *site, struct tmi_target target, size_t size);
void tmi_quick_free(struct trackmem_site *site, void *ptr);
/* and where they are. */
void *tmi_quick_malloc_noting(struct trackmem_site *site, struct tmi_target target, size_t size);
void tmi_quick_free_noting(struct trackmem_site *site, void *ptr);

/* The same of any verb. NULL: nothing happened, go the general way. */
void *tmi_quick_allocate(const struct tmi_verb *verb, size_t size, bool zero);

/* False: nothing happened, go the general way. claimed_size: NULL if the caller claims none. */
bool tmi_quick_release(const struct tmi_verb *verb, void *ptr, const size_t *claimed_size);

/* By copying, at the plain alignment. NULL: nothing happened, go the general way. */
void *tmi_quick_resize(const struct tmi_verb *verb, void *ptr, size_t size);

/* The size of a live block. False: not known here, go the general way. */
bool tmi_quick_size(const void *ptr, size_t *size);

#endif
