/*
 * alloc/copies.h: other copies of this library in the process (linked statically into a driver,
 * say), found by their notes when a pointer is nobody else's.
 */
#ifndef TMI_ALLOC_COPIES_H
#define TMI_ALLOC_COPIES_H

#include "base/compiler.h"
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
    /* Appended since 0.1.0: "trackmem 0.1.0", with " (PREFIX)" if it has one. */
    const char *name;
};

/* Assembly finds it by this name: platform/linux.c. */
#define tmi_copy_target TRACKMEM_PREFIXED_(tmi_copy_target)

extern TMI_HIDDEN const struct tmi_copy tmi_copy_target;

#define TMI_COPY_NAME_BYTES 160

/*
 * Whether another copy has a live block at ptr; its facts, and which copy that is, and this:
 * "trackmem 0.1.0 (mine_) of libmine.so".
 */
struct tmi_copy_names {
    char theirs[TMI_COPY_NAME_BYTES];
    char ours[TMI_COPY_NAME_BYTES];
};
bool tmi_copies_own(const void *ptr, struct tmi_block_facts *facts, struct tmi_copy_names *names);

#endif
