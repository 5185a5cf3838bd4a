/*
 * account/names.h: the lock "names": it guards insertion into the registries of sites, domains,
 * families and accounts. Readers take none: entries are published with release stores and never
 * removed. Rank: above "own", below everything else (ARCHITECTURE.md).
 */
#ifndef TMI_ACCOUNT_NAMES_H
#define TMI_ACCOUNT_NAMES_H

#include "platform/platform.h"

extern struct tmi_lock tmi_names_lock;

#endif
