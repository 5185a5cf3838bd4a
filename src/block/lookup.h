/*
 * block/lookup.h: in which block of a census an address lies, millions of times.
 *
 * By the address's page: a hash tells which blocks start there, and which one reaches into it from
 * before; large blocks stand in a list of their own instead of in each of their pages.
 */
#ifndef TMI_BLOCK_LOOKUP_H
#define TMI_BLOCK_LOOKUP_H

#include "block/census.h"

#define TMI_LOOKUP_NONE UINT32_MAX

struct tmi_lookup {
    size_t pages_bytes; /* of what it stands in */
    const struct tmi_census *census;
    uintptr_t lowest; /* of all blocks, and how far they reach: what lies beyond is in none */
    uintptr_t span;
    struct tmi_look *looks;
    size_t look_mask;
    uint32_t *large;
    size_t large_count;
};

/* From our own memory; false: there is none. */
bool tmi_lookup_init(struct tmi_lookup *lookup, const struct tmi_census *census);
void tmi_lookup_finish(struct tmi_lookup *lookup);

/* The place of the block in the census, or TMI_LOOKUP_NONE. */
uint32_t tmi_lookup_find(const struct tmi_lookup *lookup, uintptr_t address);

/* Where a block ends; one of no bytes takes one. */
TMI_INLINE uintptr_t tmi_census_end(const struct tmi_census_block *block)
{
    return block->start + (block->size != 0 ? block->size : 1);
}

#endif
