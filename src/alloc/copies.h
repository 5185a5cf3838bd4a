/*
 * alloc/copies.h: other copies of this library in the process (linked statically into a driver,
 * say), found by their notes when a pointer is nobody else's.
 */
#ifndef TMI_ALLOC_COPIES_H
#define TMI_ALLOC_COPIES_H

#include "report/report.h"

/*
 * What a copy's note points at. Copies of other versions read it: members are only ever appended,
 * and `size` tells how many there are.
 */
struct tmi_copy {
    uint32_t layout_version; /* TRACKMEM_LAYOUT_VERSION: of the sites in facts */
    uint32_t size;           /* of this struct */
    /* Whether ptr is the start of a live block of that copy, and what is known of it. */
    bool (*owns)(const void *ptr, size_t *size, struct trackmem_place *allocated);
};

extern const struct tmi_copy tmi_copy_target;

/* Whether another copy has a live block at ptr; its facts, and the path of that copy's module. */
bool tmi_copies_own(const void *ptr, struct tmi_block_facts *facts, const char **path);

#endif
