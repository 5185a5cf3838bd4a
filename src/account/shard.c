/*
 * account/shard.c: the slow half of shard.h. Takes "own" for new purses, "budget" under a budget.
 */
#include "account/shard.h"

#include "account/budget.h"
#include "account/own.h"

static struct tmi_shard *shards; /* pushed with release, read with acquire; never removed */

void tmi_shard_publish(struct tmi_shard *shard)
{
    shard->cells[0].account = TMI_CELL_EMPTY; /* that of sites that have no account yet */
    tmi_push(&shards, shard);
}

struct tmi_shard *tmi_shard_first(void)
{
    return tmi_load_acquire(&shards);
}

/* Reserves or gives back until `credit` is left; no budget applies. */
static void move_grant(struct tmi_purse *purse, intptr_t credit)
{
    intptr_t used = purse->used;
    intptr_t unused = purse->granted - tmi_load(&purse->limit);
    intptr_t change = used + credit - purse->granted;

    for (struct tmi_domain *domain = purse->domain; domain != NULL; domain = domain->parent) {
        intptr_t before = tmi_add(&domain->reserved_bytes, change);

        tmi_raise(&domain->peak_bytes, before - unused);
    }
    tmi_store(&purse->granted, used + credit);
    tmi_store(&purse->limit, used);
    tmi_store(&purse->floor, used + credit - 2 * TMI_CREDIT_BYTES);
}

bool tmi_purse_take(struct tmi_purse *purse, intptr_t charged)
{
    if (!tmi_purse_begin_settling(purse))
        return tmi_budget_take(purse, charged);
    tmi_store(&purse->used, purse->used + charged);
    if (purse->used > purse->granted)
        move_grant(purse, TMI_CREDIT_BYTES);
    else if (purse->used > tmi_load(&purse->limit))
        tmi_store(&purse->limit, purse->used);
    tmi_purse_end_settling(purse);
    return true;
}

static void leave_credit(struct tmi_purse *purse, intptr_t credit)
{
    if (tmi_purse_begin_settling(purse)) {
        move_grant(purse, credit);
        tmi_purse_end_settling(purse);
    } else {
        tmi_budget_leave_credit(purse, credit);
    }
}

void tmi_purse_settle(struct tmi_purse *purse)
{
    leave_credit(purse, TMI_CREDIT_BYTES);
}

static struct tmi_purse *purse_of(struct tmi_shard *shard, struct tmi_domain *domain)
{
    uint32_t id = domain->handle.id;
    struct tmi_purse ***chunk = &shard->purse_chunks[id / TMI_PURSE_CHUNK];
    struct tmi_purse **slot;

    if (*chunk == NULL)
        *chunk = tmi_own_alloc(TMI_PURSE_CHUNK * sizeof **chunk);
    if (*chunk == NULL)
        return NULL;
    slot = &(*chunk)[id % TMI_PURSE_CHUNK];
    if (*slot == NULL) {
        struct tmi_purse *purse = tmi_own_alloc(sizeof *purse);

        if (purse == NULL)
            return NULL;
        purse->domain = domain;
        purse->next = shard->purses;
        tmi_store_release(&shard->purses, purse);
        *slot = purse;
    }
    return *slot;
}

static void empty_cell(struct tmi_shard *shard, struct tmi_cell *cell)
{
    struct tmi_account *account = tmi_account_by_id((uint32_t)cell->account);

    tmi_store(&shard->moves, shard->moves + 1);
    tmi_fence(); /* pairs with sum_cells: who sees any of what follows sees this */
    (void)tmi_add(&account->blocks, cell->blocks);
    (void)tmi_add(&account->bytes, cell->bytes);
    (void)tmi_add(&account->freed_blocks, cell->freed_blocks);
    (void)tmi_add(&account->freed_bytes, cell->freed_bytes);
    tmi_store(&cell->account, TMI_CELL_EMPTY);
    tmi_store(&cell->blocks, 0);
    tmi_store(&cell->bytes, 0);
    tmi_store(&cell->freed_blocks, 0);
    tmi_store(&cell->freed_bytes, 0);
    tmi_store_release(&shard->moves, shard->moves + 1);
}

TMI_COLD struct tmi_cell *tmi_shard_cell_switch(struct tmi_shard *shard, uint32_t id)
{
    struct tmi_cell *cell = &shard->cells[id & (TMI_CELLS - 1)];
    struct tmi_purse *purse = purse_of(shard, tmi_account_by_id(id)->domain);

    if (purse == NULL)
        return NULL;
    if (cell->account != 0 && cell->account != TMI_CELL_EMPTY)
        empty_cell(shard, cell);
    cell->purse = purse;
    tmi_store_release(&cell->account, id);
    return cell;
}

void tmi_shard_retire(struct tmi_shard *shard)
{
    for (struct tmi_purse *purse = shard->purses; purse != NULL; purse = purse->next)
        leave_credit(purse, 0);
}

void tmi_shard_abandon(struct tmi_shard *shard)
{
    tmi_store(&shard->moves, (shard->moves + 1) & ~1u);
    for (struct tmi_purse *purse = shard->purses; purse != NULL; purse = purse->next) {
        if (purse->used > purse->granted) /* a charge that was not granted yet */
            tmi_store(&purse->used, purse->granted);
        leave_credit(purse, 0);
    }
}
