/*
 * account/shard.h: the counters that one thread keeps, so that no allocation touches a cache line
 * of another's.
 *
 *     shard  one a thread; kept, with its counts, for the next thread when that one ends
 *     cell   what the thread charged to one account. A cache: cell number = account number modulo
 *            TMI_CELLS; an account that finds another's cell moves that one's counts to its totals
 *     purse  what the thread holds of one domain's reservation in advance: its credit
 *
 * Only the owner writes; readers sum totals and cells, and look at `moves` to see whether a cell
 * was emptied meanwhile.
 *
 * Credit, and where peaks come from. With R a domain's reserved_bytes and c the credits under it,
 * live = R - sum(c) at every moment. A charge lowers the credit; below 0 the purse reserves enough
 * to have TMI_CREDIT_BYTES again, above twice that it gives the surplus back; both by one atomic
 * addition to the domain and each ancestor. `low` is the lowest credit since the purse last did
 * that. Whoever changes R first raises the peak to R - low (its own low): no moment since the
 * change before had more alive. Too high by what the other purses held: the documented slack.
 */
#ifndef TMI_ACCOUNT_SHARD_H
#define TMI_ACCOUNT_SHARD_H

#include "account/account.h"

struct tmi_purse {
    intptr_t credit; /* bytes; 0 to 2 * TMI_CREDIT_BYTES between operations */
    intptr_t low;
    struct tmi_domain *domain;
    struct tmi_purse *next; /* in the shard; stored with release */
    tmi_counter size_class[TRACKMEM_SIZE_CLASSES];
};

/* No account has this number, nor 0. */
#define TMI_CELL_EMPTY UINT32_MAX

struct tmi_cell {
    tmi_counter account; /* its number; TMI_CELL_EMPTY: none */
    struct tmi_purse *purse;
    tmi_counter blocks;
    tmi_counter bytes;
    tmi_counter freed_blocks;
    tmi_counter freed_bytes;
};

struct tmi_shard {
    struct tmi_cell cells[TMI_CELLS];
    struct tmi_purse *purses;
    struct tmi_purse **purse_chunks[TMI_DOMAINS / TMI_PURSE_CHUNK]; /* by domain number */
    struct tmi_shard *next; /* all shards; stored with release */
    uint32_t moves;         /* odd while a cell is emptied; stored with release */
};

/* Makes a zeroed shard one of those that readers sum. It stays for ever. */
void tmi_shard_publish(struct tmi_shard *shard);

/* The list of all shards; follow `next` with acquire. */
struct tmi_shard *tmi_shard_first(void);

/* Makes the cell that account's own. NULL when there is no memory for a purse. */
struct tmi_cell *tmi_shard_cell_switch(struct tmi_shard *shard, uint32_t id);

/* Reserves or gives back; see above. */
void tmi_purse_settle(struct tmi_purse *purse);

/* Gives all credit of a thread that ends back. */
void tmi_shard_retire(struct tmi_shard *shard);

/* The same for a thread that a fork left behind, perhaps in the middle of a step. */
void tmi_shard_abandon(struct tmi_shard *shard);

/* Where the cell of an account stands, whosever it is now. */
TMI_INLINE struct tmi_cell *tmi_shard_slot(struct tmi_shard *shard, uint32_t account)
{
    return &shard->cells[account & (TMI_CELLS - 1)];
}

/* The cell of an account; NULL when there is no memory for it. */
TMI_INLINE struct tmi_cell *tmi_shard_cell(struct tmi_shard *shard, uint32_t account)
{
    struct tmi_cell *cell = tmi_shard_slot(shard, account);

    if (TMI_LIKELY(cell->account == account))
        return cell;
    return tmi_shard_cell_switch(shard, account);
}

/* Charges a block of size bytes; charged is that and our overhead. */
TMI_INLINE void tmi_cell_charge(struct tmi_cell *cell, size_t size, size_t charged)
{
    struct tmi_purse *purse = cell->purse;
    intptr_t credit = purse->credit - (intptr_t)charged;

    tmi_tally(&cell->blocks, 1);
    tmi_tally(&cell->bytes, size);
    tmi_tally(&purse->size_class[tmi_size_class(size)], 1);
    tmi_store(&purse->credit, credit);
    if (TMI_UNLIKELY(credit < purse->low)) {
        if (credit < 0)
            tmi_purse_settle(purse);
        else
            tmi_store(&purse->low, credit);
    }
}

/* Takes the charge back. */
TMI_INLINE void tmi_cell_credit(struct tmi_cell *cell, size_t size, size_t charged)
{
    struct tmi_purse *purse = cell->purse;
    intptr_t credit = purse->credit + (intptr_t)charged;

    tmi_tally(&cell->freed_blocks, 1);
    tmi_tally(&cell->freed_bytes, size);
    tmi_store(&purse->credit, credit);
    if (TMI_UNLIKELY(credit > 2 * TMI_CREDIT_BYTES))
        tmi_purse_settle(purse);
}

#endif
