/*
 * block/index.h: which block of check mode stands at or around an address. Nothing is read but the
 * index itself, so that any address may be asked for, by a signal handler too; there are no locks.
 *
 *     root -> middle -> leaf of 2 MiB:  slots[page][granule]  the record whose block starts in
 *                                                             these 64 bytes
 *                                       covers[page]          the record whose block reaches into
 *                                                             this page from one before
 *
 * No two blocks of check mode start within 64 bytes: checked.c gives each enough room. A block
 * above 32 MiB is noted in a list of its own instead of in each page. What an answer says may be
 * out of date when it arrives: read the record (record.h), which says what it stands for.
 */
#ifndef TMI_BLOCK_INDEX_H
#define TMI_BLOCK_INDEX_H

#include "block/record.h"

#define TMI_INDEX_GRANULE_BYTES 64u

/* Notes a block; false: no memory, or an address beyond what the index reaches. */
bool tmi_index_insert(uint32_t number, uintptr_t block, size_t size);

/* Takes it out, by the thread that claimed it. */
void tmi_index_remove(uint32_t number, uintptr_t block, size_t size);

/* The record of the block that starts there, live or freed; 0: none. */
uint32_t tmi_index_find(uintptr_t block);

/*
 * The record of the nearest block that starts at or below an address in its page, or reaches into
 * that page; 0: none. The address may lie in the block, in its zone or far behind it.
 */
uint32_t tmi_index_below(uintptr_t address);

/* The record of the nearest block that starts above an address, within reach bytes; 0: none. */
uint32_t tmi_index_above(uintptr_t address, size_t reach);

#endif
