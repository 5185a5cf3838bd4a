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
 * Credit, and where peaks come from. A purse was granted some bytes, of which some are used; the
 * rest is its credit. With R a domain's reserved_bytes, the sum of all grants under it, live =
 * R - credits at every moment. When more is used than granted the purse reserves TMI_CREDIT_BYTES
 * beyond its need, and below `floor` it gives the surplus back; both by one atomic addition to the
 * domain and each ancestor. `limit` is the most that was used since it last did that. Whoever
 * changes R first raises the peak to R - (granted - limit), by its own purse: no moment since the
 * change before had more alive. Too high by what the other purses held: the documented slack.
 *
 * Under a budget (budget.h) `limit` is what is granted, and other threads may lower both: the
 * credit of an idle thread must not make another one fail. So a charge that seems to fit writes
 * `used` and then reads `limit` again; whoever lowers `limit` sends all threads through a barrier
 * before it reads `used` again. What seems not to fit writes nothing: a charge that others see in
 * `used` and that is undone is, on its slow way, served from the credit that they left for it.
 */
#ifndef TMI_ACCOUNT_SHARD_H
#define TMI_ACCOUNT_SHARD_H

#include "account/account.h"

struct tmi_purse {
    intptr_t used;    /* bytes; the owner's. Frees of others' blocks make it negative */
    intptr_t limit;   /* see above; atomic */
    intptr_t floor;   /* atomic; the owner's, under a budget guarded by the lock "budget" */
    intptr_t granted; /* the owner's; under a budget guarded by the lock "budget" */
    struct tmi_domain *domain;
    intptr_t recalled;      /* guarded by "budget": what call_credit_back is taking */
    uint32_t settling;      /* the owner changes its grant and has seen no budget; atomic */
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

/*
 * Uses `charged` bytes more, by a new grant if need be. False: a budget refuses, and nothing is
 * used. Calls the functions that were set with budgets, with no lock held; they may allocate, so
 * cells may have other accounts afterwards.
 */
bool tmi_purse_take(struct tmi_purse *purse, intptr_t charged);

/* Gives the surplus of a grant back. */
void tmi_purse_settle(struct tmi_purse *purse);

/* Gives all credit of a thread that ends back. */
void tmi_shard_retire(struct tmi_shard *shard);

/* The same for a thread that a fork left behind, perhaps in the middle of a step. */
void tmi_shard_abandon(struct tmi_shard *shard);

/* Where the cell of an account stands, whosever it is now. */
TMI_INLINE struct tmi_cell *tmi_shard_slot(struct tmi_shard *shard, uint32_t account)
{
    struct tmi_cell *cell = &shard->cells[account & (TMI_CELLS - 1)];

    TMI_COMPUTE_ONCE(cell);
    return cell;
}

/* The cell of an account; NULL when there is no memory for it. */
TMI_INLINE struct tmi_cell *tmi_shard_cell(struct tmi_shard *shard, uint32_t account)
{
    struct tmi_cell *cell = tmi_shard_slot(shard, account);

    if (TMI_LIKELY(cell->account == account))
        return cell;
    return tmi_shard_cell_switch(shard, account);
}

/* Counts a block that was charged, and one whose charge goes back. */
TMI_INLINE void tmi_cell_count(struct tmi_cell *cell, size_t size)
{
    tmi_tally(&cell->blocks, 1);
    tmi_tally(&cell->bytes, size);
    tmi_tally(&cell->purse->size_class[tmi_size_class(size)], 1);
}

/*
 * Whether no budget applies to the purse; then none will until end_settling. Pairs with cap() in
 * budget.c: either it sees `settling`, or we see `capped`.
 */
TMI_INLINE bool tmi_purse_begin_settling(struct tmi_purse *purse)
{
    tmi_store(&purse->settling, 1);
    tmi_order_for_barrier();
    if (TMI_LIKELY(!tmi_load(&purse->domain->capped)))
        return true;
    tmi_store_release(&purse->settling, 0);
    return false;
}

TMI_INLINE void tmi_purse_end_settling(struct tmi_purse *purse)
{
    tmi_store_release(&purse->settling, 0);
}

/* Charges from what is granted. False: tmi_purse_take has to do it, and nothing happened. */
TMI_INLINE bool tmi_purse_take_granted(struct tmi_purse *purse, intptr_t charged)
{
    intptr_t used = purse->used + charged;

    if (TMI_UNLIKELY(used > tmi_load(&purse->limit))) { /* a new height */
        if (used > tmi_load(&purse->granted) || !tmi_purse_begin_settling(purse))
            return false;
        tmi_store(&purse->used, used);
        tmi_store(&purse->limit, used);
        tmi_purse_end_settling(purse);
        return true;
    }
    tmi_store(&purse->used, used);
    tmi_order_for_barrier();
    if (TMI_LIKELY(used <= tmi_load(&purse->limit)))
        return true;
    tmi_store(&purse->used, tmi_load(&purse->used) - charged); /* called back at this moment */
    return false;
}

TMI_INLINE void tmi_cell_uncount(struct tmi_cell *cell, size_t size)
{
    tmi_tally(&cell->freed_blocks, 1);
    tmi_tally(&cell->freed_bytes, size);
}

/* Takes a charge back. True: tmi_purse_settle is to be called, soon. */
TMI_INLINE bool tmi_purse_put(struct tmi_purse *purse, intptr_t charged)
{
    intptr_t used = purse->used - charged;

    tmi_store(&purse->used, used);
    return TMI_UNLIKELY(used < tmi_load(&purse->floor));
}

TMI_INLINE void tmi_purse_give(struct tmi_purse *purse, intptr_t charged)
{
    if (tmi_purse_put(purse, charged))
        tmi_purse_settle(purse);
}

#endif
