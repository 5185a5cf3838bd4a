/*
 * block/slab_shelves.h: the free slots of slabs.h that no thread has in hand, by slab, in the order
 * of addresses, however they came back. For slabs.c, which makes slabs, and slab_shelves.c.
 */
#ifndef TMI_BLOCK_SLAB_SHELVES_H
#define TMI_BLOCK_SLAB_SHELVES_H

#include "block/slabs.h"

#define TMI_SLAB_WORDS (TMI_SLAB_SLOTS / 64)

struct tmi_slab_store;

/* A slab's. The lock of its store guards it. */
struct tmi_slab_shelf {
    uint64_t free[TMI_SLAB_WORDS]; /* a bit for each slot */
    uint32_t count;                /* of bits that are set */
    uint32_t first_word;           /* none is set in the words before */
    uint32_t next;                 /* in its store's list, number + 1; 0: it is the last */
    uint32_t fresh;                /* from here on no slot was taken, and none has its zone */
    struct tmi_slab_store *store;  /* atomic: it changes under the lock of the one it was */
};
extern TMI_HIDDEN struct tmi_slab_shelf *tmi_slab_shelves; /* one a slab */

/*
 * Makes a slab that nobody knows, whose slots are all free; fetch: has its pages at once. Returns
 * its number + 1; 0: no memory.
 */
uint32_t tmi_slab_make(uint32_t class, bool fetch);

void tmi_slab_shelves_start(void);

void tmi_slab_stores_lock_for_fork(void);
void tmi_slab_stores_unlock_after_fork(void);

#endif
