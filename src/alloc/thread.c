/*
 * alloc/thread.c: see thread.h. Lock-free; calls our own memory and the system.
 */
#include "alloc/thread.h"

#include <stddef.h>

#include "account/own.h"
#include "alloc/guarding.h"
#include "alloc/stacks.h"
#include "alloc/start.h"
#include "backend/backend.h"
#include "block/watched.h"
#include "platform/platform.h"

static struct tmi_thread *all_threads; /* pushed with release, read with acquire */

static uint32_t common_detours; /* atomic: those of all threads */

static bool take(struct tmi_thread *thread)
{
#if TMI_SMALL
    bool taken = thread->taken == 0;

    thread->taken = 1;
    return taken;
#else
    uint32_t free_word = 0; /* acquire: pairs with the release in end_thread */

    return __atomic_compare_exchange_n(&thread->taken, &free_word, 1, false, __ATOMIC_ACQUIRE,
                                       __ATOMIC_RELAXED);
#endif
}

static void remove_detour(uint32_t *word, uint32_t detour)
{
#if TMI_SMALL
    *word &= ~detour;
#else
    __atomic_fetch_and(word, ~detour, __ATOMIC_SEQ_CST);
#endif
}

/* What the thread had set for itself. */
static void leave_scopes(struct tmi_thread *thread)
{
    thread->scope_depth = 0;
    thread->scope = NULL;
    thread->benign_depth = 0;
    thread->fail_in = 0;
    thread->failed_at = NULL;
    remove_detour(&thread->detours, TMI_DETOUR_FAIL_NEXT);
}

/*
 * In check mode, and where a tool watches the heap, a thread's own pointer stays NULL, which keeps
 * it off the hot paths.
 */
static bool hot_paths_are_left(void)
{
    return tmi_load(&tmi_checking) || tmi_load(&tmi_watcher) != NULL;
}

static void set_self(struct tmi_thread *thread)
{
    if (hot_paths_are_left())
        tmi_checked_self_set(thread);
    else
        tmi_self_set(thread);
}

/* The system calls it when a thread ends; blocks freed later by that thread are charged directly,
 * or make it take a record once more, which ends again. */
static void end_thread(void *value)
{
    struct tmi_thread *thread = value;

    if (thread == NULL || tmi_thread_find() != thread)
        return; /* a fiber's end, which says nothing of its thread's: the record stays, at worst */
    if (tmi_checking)
        tmi_checked_thread_ends(&thread->nest.checked);
    tmi_guarding_thread_ends(thread);
    tmi_reuse_trim(&thread->nest.reuse);
    tmi_shard_retire(&thread->shard);
    leave_scopes(thread);
    tmi_stacks_thread_ends(thread);
    set_self(NULL);
    tmi_store_release(&thread->taken, 0);
}

static struct tmi_thread *find_untaken(void)
{
    struct tmi_thread *thread = tmi_load_acquire(&all_threads);

    while (thread != NULL && !take(thread))
        thread = thread->next;
    return thread;
}

static void add_detour(uint32_t *word, uint32_t detour)
{
#if TMI_SMALL
    *word |= detour;
#else
    __atomic_fetch_or(word, detour, __ATOMIC_SEQ_CST);
#endif
}

static struct tmi_thread *make(void)
{
    struct tmi_thread *thread = tmi_own_map(
        tmi_checking ? sizeof *thread : offsetof(struct tmi_thread, nest.checked));

    if (thread == NULL)
        return NULL;
    thread->taken = 1;
    tmi_reuse_init(&thread->nest.reuse, &thread->nest.graves, tmi_start_reuses_spans());
    tmi_graves_publish(&thread->nest.graves);
    if (tmi_checking)
        tmi_checked_init(&thread->nest.checked, &thread->nest.graves);
    tmi_shard_publish(&thread->shard);
    tmi_push(&all_threads, thread);
    add_detour(&thread->detours, tmi_load_acquire(&common_detours));
    return thread;
}

/* The word first, then the threads: one that is pushed meanwhile reads the word after its push. */
void tmi_thread_detour_all(uint32_t detour)
{
    add_detour(&common_detours, detour);
    for (struct tmi_thread *thread = tmi_load_acquire(&all_threads); thread != NULL;
         thread = thread->next)
        add_detour(&thread->detours, detour);
}

/* A thread that is pushed meanwhile may keep the detour: it costs time, and nothing else. */
void tmi_thread_end_detour_of_all(uint32_t detour)
{
    remove_detour(&common_detours, detour);
    for (struct tmi_thread *thread = tmi_load_acquire(&all_threads); thread != NULL;
         thread = thread->next)
        remove_detour(&thread->detours, detour);
}

void tmi_thread_detour(struct tmi_thread *thread, uint32_t detour)
{
    add_detour(&thread->detours, detour);
}

void tmi_thread_end_detour(struct tmi_thread *thread, uint32_t detour)
{
    remove_detour(&thread->detours, detour);
}

TMI_COLD static struct tmi_thread *attach(void)
{
    struct tmi_thread *thread;

    if (!tmi_start())
        return NULL;
    if (hot_paths_are_left() && !tmi_platform_thread_is_kept())
        return NULL;
    thread = find_untaken();
    if (thread == NULL)
        thread = make();
    if (thread == NULL)
        return NULL;
    set_self(thread); /* first: what follows may allocate */
    tmi_platform_thread_set(thread);
    tmi_guarding_thread_begins(thread);
    return thread;
}

struct tmi_thread *tmi_thread_find(void)
{
    struct tmi_thread *thread = tmi_self();

    return TMI_LIKELY(thread != NULL) || !hot_paths_are_left() ? thread : tmi_checked_self();
}

struct tmi_thread *tmi_thread_get(void)
{
    struct tmi_thread *thread = tmi_thread_find();

    return TMI_LIKELY(thread != NULL) ? thread : attach();
}

uint64_t tmi_thread_kept_bytes(void)
{
    uint64_t bytes = 0;

    for (struct tmi_thread *thread = tmi_load_acquire(&all_threads); thread != NULL;
         thread = thread->next)
        bytes += tmi_reuse_kept_bytes(&thread->nest.reuse);
    return bytes;
}

void tmi_thread_after_fork(void)
{
    struct tmi_thread *self = tmi_thread_find();

    for (struct tmi_thread *thread = all_threads; thread != NULL; thread = thread->next) {
        if (thread == self || tmi_load_acquire(&thread->taken) == 0)
            continue;
        tmi_reuse_after_fork(&thread->nest.reuse);
        if (tmi_checking)
            tmi_checked_abandon(&thread->nest.checked);
        tmi_stacks_thread_ends(thread);
        tmi_shard_abandon(&thread->shard);
        leave_scopes(thread);
        tmi_store(&thread->taken, 0);
    }
}

bool tmi_thread_start(void)
{
    return tmi_platform_thread_init(end_thread);
}
