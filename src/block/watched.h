/*
 * block/watched.h: blocks under a tool that watches the heap (platform/watcher.h). It is told of
 * each block over a span of the C library: header, pad and what is rounded up are nobody's, and
 * what is freed reaches the tool's own quarantine at once. So check mode stays off, no span is kept
 * for reuse, and the hot paths, which read headers, are left.
 */
#ifndef TMI_BLOCK_WATCHED_H
#define TMI_BLOCK_WATCHED_H

#include "block/header.h"
#include "platform/watcher.h"

/* NULL: nobody watches. Set once, before the first block. */
extern TMI_HIDDEN const struct tmi_watcher *tmi_watcher;

/* Finds out who does. */
void tmi_watched_start(void);

/* Whether the tool knows the blocks of such a shape. */
bool tmi_is_watched(uint64_t shape);

/* For our own use of the header, and of the word before it of an aligned block. */
void tmi_watched_open(const void *block, uint64_t shape);
void tmi_watched_close(const void *block, uint64_t shape);

#endif
