/*
 * block/zones.h: the bytes around a block, and those that fill it, in check mode: written, and held
 * against what was written. Knows no record and no thread.
 *
 *     checked  | pad ... | front zone | block ... | back zone |
 *
 * A zone begins right at the last byte asked for, and takes in what the backend rounds up. No byte
 * of a zone or fill is 0: the write that misses by one is often the 0 that ends a string. The bytes
 * of a zone differ from their neighbours, so that no run of equal bytes goes unseen.
 */
#ifndef TMI_BLOCK_ZONES_H
#define TMI_BLOCK_ZONES_H

#include <stdbool.h>
#include <stddef.h>

#include "report/report.h"

/* What a zone holds: it follows from the low three bits of the address. */
#define TMI_ZONE_BYTES 0xb5, 0xf7, 0xc3, 0x9d, 0xe9, 0xab, 0xd1, 0x8f

enum tmi_fill { TMI_FILL_OFF, TMI_FILL_BOUNDED, TMI_FILL_FULL };

/* Of a bounded fill: so many bytes at each end of a block; one that has less than both, whole. */
#define TMI_FILL_EDGE_BYTES 64u

void tmi_zone_write(void *start, size_t size);
bool tmi_zone_is_intact(const void *start, size_t size);

/*
 * Notes the changed bytes in damage, if there are any, as from `first` to `last`, relative to
 * block, and the bytes found.
 */
void tmi_zone_examine(const void *start, size_t size, const void *block, struct tmi_damage *damage);

void tmi_fill_write(void *block, size_t size, enum tmi_fill fill, unsigned char byte);
bool tmi_fill_is_intact(const void *block, size_t size, enum tmi_fill fill, unsigned char byte);
void tmi_fill_examine(const void *block, size_t size, enum tmi_fill fill, unsigned char byte,
                      struct tmi_damage *damage);

#endif
