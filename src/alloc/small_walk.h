/*
 * alloc/small_walk.h: the live blocks of all regions, one by one, and summed by call site and
 * domain without memory for the sums.
 */
#ifndef TMI_ALLOC_SMALL_WALK_H
#define TMI_ALLOC_SMALL_WALK_H

#include "alloc/small.h"

/*
 * Calls fn for each live block.
 *   damaged  for what is out and no block that verifies, live or freed; may be NULL
 */
typedef void tmi_small_block_fn(const struct tmi_small_block *block, void *user);
void tmi_small_walk(tmi_small_block_fn *fn, void (*damaged)(const void *block, void *user),
                    void *user);

/* Live blocks of one site and one domain. */
struct tmi_small_sum {
    uint32_t key; /* site << 6 | domain */
    uint32_t blocks;
    uint32_t bytes;
};

/*
 * Calls fn for each pair of site and domain that has live blocks, in the order of keys, until it
 * returns false; only_new: blocks born since trackmem_begin. Walks once for each eight pairs.
 */
void tmi_small_sum_sites(bool only_new, bool (*fn)(const struct tmi_small_sum *sum, void *user),
                         void *user);

/* Makes all live blocks old. */
void tmi_small_make_old(void);

#endif
