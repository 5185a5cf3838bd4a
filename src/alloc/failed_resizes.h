/*
 * alloc/failed_resizes.h: the blocks whose resize failed last: `p = realloc(p, n)` loses one then.
 */
#ifndef TMI_ALLOC_FAILED_RESIZES_H
#define TMI_ALLOC_FAILED_RESIZES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TMI_FAILED_RESIZES 64u

struct tmi_failed_resize {
    uintptr_t block;
    uint32_t account; /* of the block then */
    uint32_t site;    /* of the resize */
};

/* Notes one, in place of the oldest. Any thread; takes no lock. */
void tmi_failed_resize_note(const struct tmi_failed_resize *failed);

/* False: none stands there. The block may have ended since, and its address be another's. */
bool tmi_failed_resize_at(size_t place, struct tmi_failed_resize *failed);

#endif
