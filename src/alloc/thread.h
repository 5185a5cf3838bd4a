/*
 * alloc/thread.h: what a thread has of us, behind its one pointer.
 */
#ifndef TMI_ALLOC_THREAD_H
#define TMI_ALLOC_THREAD_H

#include "account/shard.h"
#include "block/block.h"
#include "platform/self.h"
#include "stack/stack.h"

#define TMI_SCOPES 16u

/* Call sites have accounts cached of a domain that was destroyed. */
#define TMI_DETOUR_DESTROYED_DOMAIN 1u

/* Allocations fail on purpose: by the rule of the process, by this thread's count-down. */
#define TMI_DETOUR_FAIL      2u
#define TMI_DETOUR_FAIL_NEXT 4u
/* Some allocations are sampled: the hot paths count them (hot.c). */
#define TMI_DETOUR_SAMPLE 8u

#define TMI_DETOURS_FAIL (TMI_DETOUR_FAIL | TMI_DETOUR_FAIL_NEXT)

/* Which account a site has in a domain that is not its own, for the verbs that name one. */
#define TMI_RECENTS 64u
struct tmi_recent {
    uint64_t pair; /* 0: empty */
    struct tmi_domain *domain;
    uint32_t account;
};

/*
 * Made on a thread's first allocation, kept when it ends, taken by the next new thread: as many
 * stand as there ever were threads at once. `taken` and `next` are atomic, the rest the owner's.
 */
struct tmi_thread {
    uint32_t detours; /* why the hot paths leave all to the slow ones; atomic: any thread's */
    uint32_t scope_depth;
    uint32_t benign_depth;                 /* trackmem_fail_benign_begin */
    uint64_t fail_in;                      /* trackmem_fail_next; 0: none */
    uint64_t sample_in;                    /* the next to be guarded, from 1; 0: not drawn yet */
    struct tmi_domain *scope;              /* the innermost pushed, or NULL */
    struct tmi_domain *scopes[TMI_SCOPES]; /* trackmem_domain_push */
    struct tmi_recent recents[TMI_RECENTS];
    struct tmi_shard shard;
    struct tmi_stack_thread *stack; /* NULL until the first is taken */
    struct tmi_thread *next;
    uint64_t sample_random;
    void *fault_stack;                /* where faults of the thread are handled; NULL: none */
    const struct tmi_site *failed_at; /* its last allocation that failed; NULL: none */
    size_t failed_size;
    uint64_t failed_when; /* how many it had made then */
    uint32_t unchecked;   /* operations since the last check_every */
    uint32_t taken;
    struct tmi_nest nest; /* last, for it ends early where the mode is off: block.h */
};

/* The numbers of both, one more than they are, so that it is never 0. */
TMI_INLINE uint64_t tmi_recent_pair(const struct trackmem_site *site,
                                    const struct trackmem_domain *domain)
{
    return ((uint64_t)tmi_load(&site->id) << 32 | tmi_load(&domain->id)) + 1;
}

TMI_INLINE struct tmi_recent *tmi_recent_slot(struct tmi_thread *thread, uint64_t pair)
{
    return &thread->recents[(pair + (pair >> 32)) & (TMI_RECENTS - 1)];
}

/*
 * The account of a call in that domain, NULL being none that is named, if the site or the thread
 * remembers it; else 0, which no cell has.
 */
TMI_INLINE uint32_t tmi_known_account(struct tmi_thread *thread, const struct trackmem_site *site,
                                      const struct trackmem_domain *domain)
{
    const struct tmi_recent *recent;
    uint64_t pair;

    if (domain == NULL) {
        if (TMI_LIKELY(thread->scope == NULL))
            return tmi_load_acquire(&site->account); /* pairs with default_account */
        domain = &thread->scope->handle;
    }
    pair = tmi_recent_pair(site, domain);
    recent = tmi_recent_slot(thread, pair);
    return TMI_LIKELY(recent->pair == pair && !tmi_load(&recent->domain->destroyed))
               ? recent->account
               : 0;
}

/*
 * This thread's; made if need be, which starts the library. NULL: no memory for it, or the library
 * could not start (tmi_started() tells). Then charge directly.
 */
struct tmi_thread *tmi_thread_get(void);

/* The same, but none is made: NULL. */
struct tmi_thread *tmi_thread_find(void);

/* Sets a detour of all threads, those to come too; and ends it. */
void tmi_thread_detour_all(uint32_t detour);
void tmi_thread_end_detour_of_all(uint32_t detour);

/* The same for the calling thread. */
void tmi_thread_detour(struct tmi_thread *thread, uint32_t detour);
void tmi_thread_end_detour(struct tmi_thread *thread, uint32_t detour);

/* Bytes that all threads keep for reuse. */
uint64_t tmi_thread_kept_bytes(void);

/* In a fork's child: all other threads are gone. */
void tmi_thread_after_fork(void);

/* Called by start.c, once: false if thread ends can't be seen; then threads are never reused. */
bool tmi_thread_start(void);

#endif
