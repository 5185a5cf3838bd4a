/*
 * account/snapshot.c: sums totals and cells into a copy. Called by reports, visits, windows; no
 * lock but "own".
 */
#include "account/snapshot.h"

#include "account/account.h"
#include "account/own.h"
#include "account/shard.h"
#include "base/sort.h"

/* What one account holds, totals and all cells together. */
struct sums {
    uint64_t blocks;
    uint64_t bytes;
    uint64_t freed_blocks;
    uint64_t freed_bytes;
};

/* The parts of the pages, and what is needed only while the snapshot is made. */
struct work {
    struct tmi_snapshot *snapshot;
    struct sums *sums; /* by account number */
    uint32_t accounts;
    struct tmi_domain_row *rows; /* by domain number, before they are put in order */
    uint32_t *order;             /* domain numbers by parent, the largest first */
    uint32_t *first;             /* by domain number: its next child in order */
    uint32_t *placed;            /* by domain number: 1 + its row in the snapshot */
    uint32_t domains;
};

static uint64_t difference(uint64_t more, uint64_t less)
{
    return more > less ? more - less : 0; /* threads at work can show the free first */
}

/* False: a cell was emptied meanwhile, so its counts may have been seen twice or not at all. */
static bool sum_cells(const struct work *work)
{
    bool steady = true;

    for (struct tmi_shard *shard = tmi_shard_first(); shard != NULL;
         shard = tmi_load_acquire(&shard->next)) {
        uint32_t moves = tmi_load_acquire(&shard->moves);

        for (size_t i = 0; i < TMI_CELLS; ++i) {
            struct tmi_cell *cell = &shard->cells[i];
            uint64_t account = tmi_load_acquire(&cell->account);
            struct sums *sums;

            if (account == 0 || account > work->accounts) /* TMI_CELL_EMPTY, or new */
                continue;
            sums = &work->sums[account];
            sums->blocks += tmi_load(&cell->blocks);
            sums->bytes += tmi_load(&cell->bytes);
            sums->freed_blocks += tmi_load(&cell->freed_blocks);
            sums->freed_bytes += tmi_load(&cell->freed_bytes);
        }
        tmi_fence(); /* pairs with empty_cell in shard.c */
        steady = steady && moves % 2 == 0 && tmi_load(&shard->moves) == moves;
    }
    return steady;
}

static uint32_t all_moves(void)
{
    uint32_t moves = 0;

    for (struct tmi_shard *shard = tmi_shard_first(); shard != NULL;
         shard = tmi_load_acquire(&shard->next))
        moves += tmi_load_acquire(&shard->moves);
    return moves;
}

static void sum_accounts(const struct work *work)
{
    for (int tries = 0; tries < 16; ++tries) {
        uint32_t moves = all_moves();

        for (uint32_t id = 1; id <= work->accounts; ++id) {
            struct tmi_account *account = tmi_account_by_id(id);

            work->sums[id] = (struct sums){ tmi_load(&account->blocks), tmi_load(&account->bytes),
                                            tmi_load(&account->freed_blocks),
                                            tmi_load(&account->freed_bytes) };
        }
        if (sum_cells(work) && all_moves() == moves)
            return;
    }
}

static bool was_used(const struct tmi_account *account, const struct sums *sums)
{
    return sums->blocks != 0 || sums->freed_blocks != 0 ||
           tmi_load(&account->refused[TMI_REFUSED_ON_PURPOSE]) != 0 ||
           tmi_load(&account->refused[TMI_REFUSED_BY_BUDGET]) != 0 ||
           tmi_load(&account->refused[TMI_REFUSED_BY_BACKEND]) != 0;
}

static void fill_sites(const struct work *work)
{
    struct tmi_snapshot *snapshot = work->snapshot;

    for (uint32_t id = 1; id <= work->accounts; ++id) {
        const struct tmi_account *account = tmi_account_by_id(id);
        const struct sums *sums = &work->sums[id];
        struct trackmem_site_stats *site = &snapshot->sites[snapshot->site_count];
        struct tmi_domain_row *row;

        if (!was_used(account, sums) ||
            account->domain->handle.id > work->domains) /* a domain that is being made */
            continue;
        row = &work->rows[account->domain->handle.id];
        *site = (struct trackmem_site_stats){
            .place = account->site->place,
            .domain = &account->domain->handle,
            .live_bytes = difference(sums->bytes, sums->freed_bytes),
            .live_blocks = difference(sums->blocks, sums->freed_blocks),
            .total_bytes = sums->bytes,
            .total_blocks = sums->blocks,
            .injected = tmi_load(&account->refused[TMI_REFUSED_ON_PURPOSE]),
            .refused_by_budget = tmi_load(&account->refused[TMI_REFUSED_BY_BUDGET]),
            .refused_by_backend = tmi_load(&account->refused[TMI_REFUSED_BY_BACKEND]),
        };
        ++snapshot->site_count;
        /* Unsigned sums wrap: a block moved between sites or domains is subtracted elsewhere. */
        row->alone.live_bytes += sums->bytes - sums->freed_bytes;
        row->alone.live_blocks += sums->blocks - sums->freed_blocks;
        row->alone.total_bytes += sums->bytes;
        row->alone.total_blocks += sums->blocks;
        row->alone.injected += site->injected;
        row->refused_by_budget += site->refused_by_budget;
        row->refused_by_backend += site->refused_by_backend;
    }
}

static void add_stats(struct trackmem_stats *to, const struct trackmem_stats *from)
{
    to->live_bytes += from->live_bytes;
    to->live_blocks += from->live_blocks;
    to->total_bytes += from->total_bytes;
    to->total_blocks += from->total_blocks;
    to->overhead_bytes += from->overhead_bytes;
    to->failures += from->failures;
    to->injected += from->injected;
    to->refused += from->refused;
    for (size_t i = 0; i < TRACKMEM_SIZE_CLASSES; ++i)
        to->size_class[i] += from->size_class[i];
}

/* Purses hold the rest of the histogram, and what the peak may be too high by. */
static void fill_from_purses(const struct work *work)
{
    for (struct tmi_shard *shard = tmi_shard_first(); shard != NULL;
         shard = tmi_load_acquire(&shard->next)) {
        ++work->snapshot->shard_count;
        for (struct tmi_purse *purse = tmi_load_acquire(&shard->purses); purse != NULL;
             purse = purse->next) {
            struct tmi_domain *domain = purse->domain;
            intptr_t granted = tmi_load(&purse->granted);
            intptr_t unused = granted - tmi_load(&purse->limit);
            intptr_t credit = granted - tmi_load(&purse->used);

            if (domain->handle.id > work->domains)
                continue;
            for (size_t i = 0; i < TRACKMEM_SIZE_CLASSES; ++i)
                work->rows[domain->handle.id].alone.size_class[i] += tmi_load(
                    &purse->size_class[i]);
            for (; domain != NULL; domain = domain->parent) {
                struct trackmem_stats *all = &work->rows[domain->handle.id].all;

                all->peak_slack_bytes += 2 * TMI_CREDIT_BYTES;
                all->charged_bytes -= (uint64_t)credit; /* until fill_limits adds the rest */
                if ((intptr_t)all->peak_bytes < unused) /* the greatest, until fill_peaks */
                    all->peak_bytes = (uint64_t)unused;
            }
        }
    }
}

static void fill_peaks(struct tmi_domain *domain, struct tmi_domain_row *row, uint64_t overhead)
{
    intptr_t now = tmi_load(&domain->reserved_bytes) - (intptr_t)row->all.peak_bytes;
    intptr_t peak = tmi_load(&domain->peak_bytes);

    peak = peak > now ? peak : now;
    row->all.peak_bytes = peak > 0 ? (uint64_t)peak : 0;
    if (row->all.peak_slack_bytes <= 2 * TMI_CREDIT_BYTES && !tmi_load(&domain->capped))
        row->all.peak_slack_bytes = 0;
    row->alone.overhead_bytes = row->alone.live_blocks * overhead +
                                (uint64_t)tmi_load(&domain->pad_bytes);
    row->alone.failures = tmi_load(&domain->failures);
}

static void fill_limits(const struct tmi_domain *domain, struct tmi_domain_row *row)
{
    intptr_t charged = tmi_load(&domain->reserved_bytes) + (intptr_t)row->all.charged_bytes;

    row->all.charged_bytes = charged > 0 ? (uint64_t)charged : 0;
    row->all.soft_bytes = (uint64_t)tmi_load(&domain->soft_bytes);
    row->all.hard_bytes = (uint64_t)tmi_load(&domain->hard_bytes);
    row->alone.charged_bytes = row->all.charged_bytes;
    row->alone.soft_bytes = row->all.soft_bytes;
    row->alone.hard_bytes = row->all.hard_bytes;
    row->alone.refused = tmi_load(&domain->refused);
}

static void fill_domains(const struct work *work)
{
    for (uint32_t id = 1; id <= work->domains; ++id) {
        struct tmi_domain *domain = tmi_domain_by_id(id);
        struct tmi_domain_row *row = &work->rows[id];

        row->domain = &domain->handle;
        row->name = domain->handle.name;
        row->parent = domain->parent != NULL ? domain->parent->handle.id : 0;
        row->depth = domain->depth;
        row->destroyed = tmi_load(&domain->destroyed);
        for (size_t i = 0; i < TRACKMEM_SIZE_CLASSES; ++i)
            row->alone.size_class[i] = tmi_load(&domain->size_class[i]);
    }
    fill_from_purses(work);
    fill_sites(work);
    for (uint32_t id = work->domains; id >= 1; --id) {
        struct tmi_domain_row *row = &work->rows[id];

        fill_peaks(tmi_domain_by_id(id), row, TMI_HEADER_BYTES);
        fill_limits(tmi_domain_by_id(id), row);
        add_stats(&row->all, &row->alone);
        row->alone.peak_bytes = row->all.peak_bytes;
        row->alone.peak_slack_bytes = row->all.peak_slack_bytes;
        if (id > 1)
            add_stats(&work->rows[row->parent].all, &row->all);
    }
}

static bool domain_before(const void *a, const void *b, const void *user)
{
    const struct tmi_domain_row *rows = user;
    const struct tmi_domain_row *left = &rows[*(const uint32_t *)a];
    const struct tmi_domain_row *right = &rows[*(const uint32_t *)b];

    if (left->parent != right->parent)
        return left->parent < right->parent;
    if (left->all.live_bytes != right->all.live_bytes)
        return left->all.live_bytes > right->all.live_bytes;
    if (left->all.peak_bytes != right->all.peak_bytes)
        return left->all.peak_bytes > right->all.peak_bytes;
    return *(const uint32_t *)a < *(const uint32_t *)b;
}

/* Walks down the tree, child by child, and up again. */
static void put_domains_in_order(const struct work *work)
{
    struct tmi_snapshot *snapshot = work->snapshot;
    uint32_t id = 1;

    for (uint32_t i = 0; i < work->domains; ++i)
        work->order[i] = i + 1;
    tmi_sort(work->order, work->domains, sizeof *work->order, domain_before, work->rows);
    for (uint32_t i = work->domains; i-- > 1;)
        work->first[work->rows[work->order[i]].parent] = i;
    while (id != 0) {
        uint32_t parent = work->rows[id].parent;
        uint32_t next = work->first[id];

        if (work->placed[id] == 0) {
            struct tmi_domain_row *row = &snapshot->domains[snapshot->domain_count];

            *row = work->rows[id];
            row->parent = parent != 0 ? work->placed[parent] - 1 : 0;
            work->placed[id] = (uint32_t)++snapshot->domain_count;
        }
        if (next != 0 && next < work->domains && work->rows[work->order[next]].parent == id) {
            ++work->first[id];
            id = work->order[next];
        } else {
            id = parent;
        }
    }
}

static bool site_before(const void *a, const void *b, const void *user)
{
    const struct trackmem_site_stats *left = a;
    const struct trackmem_site_stats *right = b;

    (void)user;
    if (left->live_bytes != right->live_bytes)
        return left->live_bytes > right->live_bytes;
    return left->total_bytes > right->total_bytes;
}

/* Parts of one mapping, each aligned for its content. */
static void *carve(char **next, size_t size)
{
    void *part = *next;

    *next += (size + 15) & ~(size_t)15;
    return part;
}

static size_t rounded(size_t size)
{
    return (size + 15) & ~(size_t)15;
}

struct tmi_snapshot *tmi_snapshot_create(void)
{
    struct work work = { .accounts = tmi_account_count() };
    struct tmi_snapshot *snapshot;
    size_t size;
    char *next;

    work.domains = tmi_domain_count();
    size = rounded(sizeof *snapshot) + rounded((work.accounts + 1) * sizeof *work.sums) +
           rounded(work.accounts * sizeof *snapshot->sites) +
           2 * rounded((work.domains + 1) * sizeof *work.rows) +
           3 * rounded((work.domains + 1) * sizeof *work.order);
    next = tmi_own_map(size);
    if (next == NULL)
        return NULL;
    snapshot = carve(&next, sizeof *snapshot);
    snapshot->pages_bytes = size;
    snapshot->sites = carve(&next, work.accounts * sizeof *snapshot->sites);
    snapshot->domains = carve(&next, (work.domains + 1) * sizeof *work.rows);
    work.snapshot = snapshot;
    work.sums = carve(&next, (work.accounts + 1) * sizeof *work.sums);
    work.rows = carve(&next, (work.domains + 1) * sizeof *work.rows);
    work.order = carve(&next, (work.domains + 1) * sizeof *work.order);
    work.first = carve(&next, (work.domains + 1) * sizeof *work.first);
    work.placed = carve(&next, (work.domains + 1) * sizeof *work.placed);
    sum_accounts(&work);
    fill_domains(&work);
    put_domains_in_order(&work);
    tmi_sort(snapshot->sites, snapshot->site_count, sizeof *snapshot->sites, site_before, NULL);
    snapshot->own_bytes = tmi_own_bytes() - size;
    snapshot->untracked_sites = tmi_account_untracked();
    return snapshot;
}

void tmi_snapshot_destroy(struct tmi_snapshot *snapshot)
{
    if (snapshot != NULL)
        tmi_own_unmap(snapshot, snapshot->pages_bytes);
}
