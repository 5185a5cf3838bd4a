/*
 * block/block.h: makes blocks of spans and spans of blocks. Nothing here charges an account.
 */
#ifndef TMI_BLOCK_BLOCK_H
#define TMI_BLOCK_BLOCK_H

#include "block/checked.h"
#include "block/exact.h"
#include "block/reuse.h"

/* What a thread keeps for its blocks. */
struct tmi_nest {
    struct tmi_reuse reuse;
    struct tmi_graves graves;
    struct tmi_checked_nest checked; /* in check mode only; else no memory stands behind it */
};

/*
 * The shape of a block to be made; an alignment up to TRACKMEM_ALIGNMENT is the plain one.
 * size is below TMI_SIZE_MAX less alignment; backend is the number of one.
 */
uint64_t tmi_block_shape(size_t size, size_t alignment, trackmem_family family, uint32_t backend);

/*
 * Makes a live block of that shape.
 *   nest  the thread's, or NULL
 *   zero  whether its bytes are to be zero
 * Returns NULL when the backend or the exact table has no memory.
 */
void *tmi_block_create(struct tmi_nest *nest, uint64_t shape, uint32_t account, bool zero);

/*
 * Changes the account of a live block of that shape. False: it was freed meanwhile, or has another
 * account than the first.
 */
bool tmi_block_set_account(void *block, uint64_t shape, uint32_t from, uint32_t to);

/*
 * Ends a live block, whose header the caller read as (shape, owner), and keeps its span or gives it
 * back. False: another thread was first.
 */
bool tmi_block_destroy(struct tmi_nest *nest, void *block, uint64_t shape, uint64_t owner,
                       struct trackmem_site *freed_at);

/*
 * Ends a block that was just made of that shape, perhaps against a guard page, and that nobody saw.
 */
void tmi_block_take_back(struct tmi_nest *nest, void *block, uint64_t shape);

/*
 * The second half of that, for a block that is marked freed and stands in no table: keeps its span
 * or gives it back. nest may be NULL.
 */
void tmi_block_put_away(struct tmi_nest *nest, void *block, uint64_t shape,
                        struct trackmem_site *freed_at);

/*
 * Remembers that an adopted block was freed, for the one who frees it again. nest may be NULL.
 */
void tmi_block_bury_adopted(struct tmi_nest *nest, const void *block, uint64_t shape,
                            uint32_t account, struct trackmem_site *freed_at);

/*
 * Resizes a live block where the span allows or the backend can, keeping its contents; its account
 * becomes the one given. NULL: it must be done by copying, and nothing happened.
 */
void *tmi_block_resize(void *block, uint64_t shape, uint64_t owner, size_t size, uint32_t account);

#endif
