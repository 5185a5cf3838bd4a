/*
 * alloc/third_party.h: blocks of the C library that were taken into the accounting.
 */
#ifndef TMI_ALLOC_THIRD_PARTY_H
#define TMI_ALLOC_THIRD_PARTY_H

#include "alloc/verb.h"

/* Frees, and resizes, a block that was judged to be adopted. */
void tmi_adopted_free(const struct tmi_verb *verb, struct tmi_thread *thread, void *ptr,
                      const struct tmi_finding *finding);
void *tmi_adopted_resize(const struct tmi_verb *verb, struct tmi_thread *thread, void *ptr,
                         const struct tmi_finding *finding, struct tmi_account *account,
                         size_t size);

#endif
