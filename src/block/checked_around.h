/*
 * block/checked_around.h: what stands around those blocks of check mode that have a span of their
 * own, and how it is told from damage; for the files checked*.c.
 *
 *     span     | pad ... | front zone | block ... | zone behind it |
 */
#ifndef TMI_BLOCK_CHECKED_AROUND_H
#define TMI_BLOCK_CHECKED_AROUND_H

#include "block/checked.h"
#include "block/index.h"

/* Bytes of the zone before each block, at least as many as a header would have. Set once. */
extern TMI_HIDDEN size_t tmi_checked_front;

/* Behind each block, its own bytes included: with that no two start within a granule. */
#define TMI_CHECKED_LEAST_REST (TMI_INDEX_GRANULE_BYTES - TMI_HEADER_BYTES)

/* From the block's start to the end of the back zone: what C libraries round up belongs to it. */
TMI_INLINE size_t tmi_checked_rest(size_t size)
{
    size_t zone = tmi_checked_options.zone_bytes;
    size_t rest = size + (zone == 0 || zone > TRACKMEM_ALIGNMENT ? zone : TRACKMEM_ALIGNMENT);

    if (rest < TMI_CHECKED_LEAST_REST)
        rest = TMI_CHECKED_LEAST_REST;
    return ((rest + 7) & ~(size_t)15) + 8;
}

/* What is asked of the backend. */
TMI_INLINE size_t tmi_checked_span_bytes(uint64_t shape)
{
    size_t alignment = tmi_shape_alignment(shape);

    return tmi_checked_front + tmi_checked_rest(tmi_shape_size(shape)) +
           (alignment > TRACKMEM_ALIGNMENT ? alignment : 0);
}

/* Writes the zones of a new block. */
void tmi_checked_write_zones(const struct tmi_record *record);

/* Gives it back. */
void tmi_checked_free_span(const struct tmi_record *record);

#endif
