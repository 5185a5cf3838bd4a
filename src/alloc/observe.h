/*
 * alloc/observe.h: snapshots as those who read them want them.
 */
#ifndef TMI_ALLOC_OBSERVE_H
#define TMI_ALLOC_OBSERVE_H

#include "account/snapshot.h"

/* Starts the library if need be, and knows what threads keep. NULL: no memory. */
struct tmi_snapshot *tmi_observe_snapshot(void);

#endif
