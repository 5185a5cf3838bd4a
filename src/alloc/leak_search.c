/*
 * alloc/leak_search.c: see leak_search.h.
 *
 * While all other threads are held (platform/threads.h) one may have any lock: of ours, "leaks" and
 * "exact" were taken before, and no other is asked for; memory comes from the system.
 */
#include "alloc/leak_search.h"

#include <string.h>

#include "account/account.h"
#include "account/own.h"
#include "alloc/failed_resizes.h"
#include "alloc/leak_list.h"
#include "block/exact.h"
#include "block/slot_stacks.h"
#include "block/tracing.h"
#include "platform/platform.h"

static struct tmi_lock searching; /* rank "leaks": one search at a time */

void tmi_leak_search_lock_for_fork(void)
{
    tmi_platform_lock(&searching);
}

void tmi_leak_search_unlock_after_fork(void)
{
    tmi_platform_unlock(&searching);
}

/* Which class of leak a block of a census is; TMI_LEAK_NONE: none. */
#define TMI_LEAK_NONE ((enum tmi_leak_class)4)
typedef enum tmi_leak_class classify_fn(const struct tmi_census_block *block, const void *user);

/* Equal stacks have equal numbers, whether a block had kept its own or not. */
static uint32_t stack_of(const struct tmi_census_block *block)
{
    return tmi_slot_stack_lasting(block->stack, block->life);
}

static void note_failed_resizes(struct tmi_leaks *leaks, const struct tmi_census *census,
                                classify_fn *classify, const void *user)
{
    struct tmi_failed_resize failed;

    for (size_t i = 0; i < TMI_FAILED_RESIZES; ++i) {
        const struct tmi_census_block *block;
        struct tmi_leak *leak;
        size_t place;

        if (!tmi_failed_resize_at(i, &failed))
            continue;
        place = tmi_census_below(census, failed.block);
        block = &census->blocks[place];
        if (place == SIZE_MAX || block->start != failed.block || block->account != failed.account)
            continue;
        leak = tmi_leaks_find(leaks, classify(block, user), block->account, stack_of(block));
        if (leak != NULL)
            leak->resized = tmi_site_by_id(failed.site)->place;
    }
}

/* NULL: no memory. */
static struct tmi_leaks *group(const struct tmi_census *census, classify_fn *classify,
                               const void *user)
{
    struct tmi_leaks *leaks;
    size_t count = 0;

    for (size_t i = 0; i < census->count; ++i)
        count += classify(&census->blocks[i], user) != TMI_LEAK_NONE;
    leaks = tmi_leaks_create(count);
    for (size_t i = 0; leaks != NULL && i < census->count; ++i) {
        const struct tmi_census_block *block = &census->blocks[i];
        enum tmi_leak_class class = classify(block, user);

        if (class != TMI_LEAK_NONE)
            tmi_leaks_add_block(leaks, class, block->account, stack_of(block), block->size);
    }
    if (leaks != NULL)
        note_failed_resizes(leaks, census, classify, user);
    return leaks;
}

static bool is_freed(const struct tmi_census_block *block)
{
    return (block->flags & TMI_BLOCK_FREED) != 0;
}

/* user: whether what is reachable is a leak, too. */
static enum tmi_leak_class class_after_search(const struct tmi_census_block *block,
                                              const void *user)
{
    if (is_freed(block))
        return TMI_LEAK_NONE;
    if ((block->flags & TMI_BLOCK_REACHED) != 0)
        return *(const bool *)user ? TMI_LEAK_REACHABLE : TMI_LEAK_NONE;
    return (block->flags & TMI_BLOCK_LOST) != 0 ? TMI_LEAK_LOST : TMI_LEAK_LOST_TOO;
}

static enum tmi_leak_class class_if_alive(const struct tmi_census_block *block, const void *user)
{
    (void)user;
    return is_freed(block) ? TMI_LEAK_NONE : TMI_LEAK_ALIVE;
}

static enum tmi_leak_class class_in_domain(const struct tmi_census_block *block, const void *user)
{
    return !is_freed(block) && tmi_account_by_id(block->account)->domain == user ? TMI_LEAK_ALIVE
                                                                                 : TMI_LEAK_NONE;
}

static enum tmi_leak_class class_in_window(const struct tmi_census_block *block, const void *user)
{
    return !is_freed(block) && !tmi_census_knows(user, block) ? TMI_LEAK_ALIVE : TMI_LEAK_NONE;
}

struct search {
    struct tmi_census *census;
    uintptr_t stack;
    struct tmi_held_threads threads;
    bool taken;    /* the census is filled in */
    bool searched; /* and its blocks are told apart */
    uintptr_t *words;
    size_t word_count;
};

/* What callers of ours handed in, and stands in memory of ours. */
static void list_words(struct search *search)
{
    uint32_t count = tmi_domain_count();

    search->words = tmi_own_map((count + 1) * sizeof *search->words);
    for (uint32_t i = 1; search->words != NULL && i <= count; ++i)
        search->words[search->word_count++] = (uintptr_t)tmi_load(
            &tmi_domain_by_id(i)->budget_user);
}

static void search_held(struct search *search, void *memory, size_t bytes)
{
    struct tmi_tracing_roots roots = {
        .threads = &search->threads,
        .stack = search->stack,
        .words = search->words,
        .word_count = search->word_count,
    };

    tmi_exact_lock_all();
    tmi_threads_hold(&search->threads, memory, bytes);
    search->taken = tmi_census_take(search->census, true);
    search->searched = search->taken && tmi_tracing_search(search->census, &roots);
    tmi_threads_release(&search->threads);
    tmi_exact_unlock_all();
}

/* "leaks" is held. False: no memory. */
static bool search_once(struct search *search)
{
    size_t bytes = tmi_threads_work_bytes();
    void *memory = tmi_own_map(bytes);

    search->word_count = 0;
    list_words(search);
    search->census = memory != NULL && search->words != NULL ? tmi_census_create() : NULL;
    if (search->census != NULL)
        search_held(search, memory, bytes);
    if (search->words != NULL)
        tmi_own_unmap(search->words, (tmi_domain_count() + 1) * sizeof *search->words);
    tmi_own_unmap(memory, bytes);
    return search->census != NULL;
}

/* More blocks may be made than the census has room for; then once more. */
static bool search_all(struct search *search)
{
    bool done = false;

    tmi_platform_lock(&searching);
    for (int tries = 0; tries < 3 && !done && search_once(search); ++tries) {
        done = search->taken;
        if (!done)
            tmi_census_destroy(search->census);
    }
    tmi_platform_unlock(&searching);
    return done;
}

static void sum_reachable(struct tmi_leaks *leaks, const struct tmi_census *census)
{
    for (size_t i = 0; i < census->count; ++i) {
        const struct tmi_census_block *block = &census->blocks[i];

        if ((block->flags & TMI_BLOCK_REACHED) == 0)
            continue;
        ++leaks->reachable_blocks;
        leaks->reachable_bytes += block->size;
        leaks->interior_blocks += (block->flags & TMI_BLOCK_BY_START) == 0;
    }
}

/* In check mode: with what points at the blocks, where the system lets that be seen. */
struct tmi_leaks *tmi_leak_search_process(bool all, uintptr_t stack)
{
    struct search search = { .stack = stack };
    struct tmi_leaks *leaks;

    if (!search_all(&search))
        return NULL;
    leaks = search.searched ? group(search.census, class_after_search, &all)
                            : group(search.census, class_if_alive, NULL);
    if (leaks != NULL) {
        leaks->is_all = all || !search.searched;
        leaks->searched = search.searched;
        if (search.searched)
            sum_reachable(leaks, search.census);
        leaks->held = search.threads.held;
        leaks->running = search.searched ? search.threads.running : 0;
        memcpy(leaks->why, search.threads.why, sizeof leaks->why);
    }
    tmi_census_destroy(search.census);
    return leaks;
}

static struct tmi_leaks *from_census_now(classify_fn *classify, const void *user)
{
    struct tmi_census *census = tmi_census_now();
    struct tmi_leaks *leaks = census != NULL ? group(census, classify, user) : NULL;

    tmi_census_destroy(census);
    return leaks;
}

struct tmi_leaks *tmi_leak_search_domain(const struct tmi_domain *domain)
{
    return from_census_now(class_in_domain, domain);
}

struct tmi_leaks *tmi_leak_search_since(const struct tmi_census *earlier)
{
    return from_census_now(class_in_window, earlier);
}
