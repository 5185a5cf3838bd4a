/*
 * account/family.h: the families, by number.
 */
#ifndef TMI_ACCOUNT_FAMILY_H
#define TMI_ACCOUNT_FAMILY_H

#include "trackmem/family.h"

#define TMI_FAMILIES 64u /* six bits in the header */

/* What a family says of itself; never NULL: number 0 and unknown ones are called "unknown". */
const struct trackmem_family_info *tmi_family_info(trackmem_family family);

/* See trackmem_family_register. Takes "names". */
trackmem_family tmi_family_register(const struct trackmem_family_info *info);

#endif
