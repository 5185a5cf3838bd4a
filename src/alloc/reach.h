/*
 * alloc/reach.h: how far a call of trackmem/checked.h reaches, held against the blocks that it
 * reaches into. What is wrong is reported, and the call is the caller's to make all the same.
 *
 * Lengths are in units of `unit` bytes: 1, or those of a wide character. No lock is taken, and no
 * byte is read that is outside of a live block, or of memory that is not ours.
 */
#ifndef TMI_ALLOC_REACH_H
#define TMI_ALLOC_REACH_H

#include "alloc/verb.h"
#include "block/guard.h"

#define TMI_REACH_ENDLESS SIZE_MAX

/* Whether there are blocks that can be looked at; else none of the others need be called. */
TMI_INLINE bool tmi_reach_is_watched(void)
{
    return tmi_checking || tmi_guard_range.bytes != 0;
}

void tmi_reach_read(const struct tmi_verb *call, const void *start, size_t bytes);
void tmi_reach_write(const struct tmi_verb *call, const void *start, size_t bytes);

/* Of two ranges that a copy must not let overlap: the same one twice does no harm. */
void tmi_reach_apart(const struct tmi_verb *call, const void *to, const void *from, size_t bytes);

/*
 * A text that is read up to its end, or `most` units. Returns its length: where its block has no
 * end, that of the rest of the block.
 */
size_t tmi_reach_text(const struct tmi_verb *call, const void *text, size_t most, size_t unit);

/*
 * Units are read until one is (in: true) or is not among `count` ones at stops, or, ENDLESS, ends
 * the text; at most `most`.
 */
struct tmi_stops {
    const void *units;
    size_t count;
    bool in;
};
void tmi_reach_search(const struct tmi_verb *call, const void *start, size_t most, size_t unit,
                      struct tmi_stops stops);

/* Both are read up to the first difference, an end, or `most` units. */
void tmi_reach_compare(const struct tmi_verb *call, const void *left, const void *right,
                       size_t most, size_t unit);

/*
 * What strcpy does (most: ENDLESS), and what strncpy does, which writes `most` whatever the text
 * has; and both again for a text that is put behind another.
 */
void tmi_reach_copy_text(const struct tmi_verb *call, const void *to, const void *from, size_t most,
                         size_t unit);
void tmi_reach_append_text(const struct tmi_verb *call, const void *to, const void *from,
                           size_t most, size_t unit);

/* A text that is read up to the first of a set (in: true), or to the first that is not of it. */
void tmi_reach_span(const struct tmi_verb *call, const void *text, const void *set, bool in,
                    size_t unit);

#endif
