/*
 * backend/region_walk.h: walks over the spans of a region, or of all, while others allocate and
 * free, and walk: each region knows the walks in it, which stand on their callers' stacks and are
 * gone on with to their end. A step takes the lock of the region for the pieces that it passes
 * over: one, and those that are free behind it, of which there is at most one. Where others join
 * the piece on which a walk stands with its neighbours, it goes on behind them (region.h).
 */
#ifndef TMI_BACKEND_REGION_WALK_H
#define TMI_BACKEND_REGION_WALK_H

#include "backend/region.h"

/* Starts at the first region. Regions must not be finished before the end. */
void tmi_region_walk_begin(struct tmi_region_walk *walk);

/*
 * Goes to the next span that is out, in any region, and calls look with it and how long it can be,
 * with the region's lock held. False: there is none, and the walk has ended.
 */
typedef void tmi_region_look_fn(void *span, size_t size, void *user);
bool tmi_region_walk_next(struct tmi_region_walk *walk, tmi_region_look_fn *look, void *user);

/* The region in whose buffer an address lies, or NULL. */
struct trackmem_region *tmi_region_of(const void *address);

#endif
