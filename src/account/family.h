/*
 * account/family.h: the families, by number.
 */
#ifndef TMI_ACCOUNT_FAMILY_H
#define TMI_ACCOUNT_FAMILY_H

#include "trackmem/family.h"

#define TMI_FAMILIES 64u /* six bits in the header */

/* What a family says of itself; never NULL: number 0 and unknown ones are called "unknown". */
const struct trackmem_family_info *tmi_family_info(trackmem_family family);

/* Asks the family of a block about an address in it; false: it knows nothing, or cannot tell. */
bool tmi_family_describe(trackmem_family family, const void *block, size_t size, const void *ptr,
                         struct trackmem_sub_block *sub_block);

/* See trackmem_family_set_describe. Takes "names". */
enum trackmem_status tmi_family_set_describe(trackmem_family family, trackmem_describe_fn *fn,
                                             void *user);

/* See trackmem_family_register. Takes "names". */
trackmem_family tmi_family_register(const struct trackmem_family_info *info);

#endif
