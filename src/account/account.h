/*
 * account/account.h: an account is a pair of call site and domain. Every block is charged to one,
 * and its header carries the account's number, from which both follow.
 */
#ifndef TMI_ACCOUNT_ACCOUNT_H
#define TMI_ACCOUNT_ACCOUNT_H

#include "account/domain.h"
#include "account/site.h"

/* The class of a size in trackmem_stats.size_class. */
TMI_INLINE unsigned tmi_size_class(size_t size)
{
    unsigned k = TMI_LOG2(size | 1);

    return k < TRACKMEM_SIZE_CLASSES ? k : TRACKMEM_SIZE_CLASSES - 1;
}

/* Why a request was refused. */
enum tmi_refusal { TMI_REFUSED_ON_PURPOSE, TMI_REFUSED_BY_BUDGET, TMI_REFUSED_BY_BACKEND };

/*
 * The totals hold what threads moved here from their cells (shard.h); what is charged without a
 * shard goes here at once. All four are atomic, relaxed.
 */
struct tmi_account {
    struct tmi_site *site;
    struct tmi_domain *domain;
    struct tmi_account *next; /* in its bucket */
    uint32_t id;
    tmi_counter blocks;
    tmi_counter bytes;
    tmi_counter freed_blocks;
    tmi_counter freed_bytes;
    uintptr_t refused[3]; /* atomic: by enum tmi_refusal */
};

/* Chunks by number; stored with release, read with acquire. */
extern TMI_HIDDEN struct tmi_account *tmi_account_chunks[TMI_ACCOUNTS / TMI_ID_CHUNK];

/* The account of that number, which some block carries or tmi_account_count() allows. */
TMI_INLINE struct tmi_account *tmi_account_by_id(uint32_t id)
{
    struct tmi_account *chunk = tmi_load_acquire(&tmi_account_chunks[id / TMI_ID_CHUNK]);

    return &chunk[id % TMI_ID_CHUNK];
}

/*
 * The account of a site in a domain; made on first use. Never NULL: the domain's account "other"
 * when the limit (option sites=N) or our memory is reached. Takes "names" when it is new.
 */
struct tmi_account *tmi_account_of(struct tmi_site *site, struct tmi_domain *domain);

/* Gives a new domain its account "other"; false when there is no memory. "names" is held. */
bool tmi_account_make_other(struct tmi_domain *domain);

/* Makes the process's account; called once, before anything is charged. False: no memory. */
bool tmi_account_start(uint32_t limit);

/* Numbers 1 to tmi_account_count() are in use. */
uint32_t tmi_account_count(void);

/* How often an account "other" was taken for want of a number. */
uint64_t tmi_account_untracked(void);

/* Charges without a shard, straight to the totals: see alloc/charge.h. */
bool tmi_account_reserve_directly(struct tmi_account *account, size_t charged);
void tmi_account_unreserve_directly(struct tmi_account *account, size_t charged);
void tmi_account_count_directly(struct tmi_account *account, size_t size);
void tmi_account_uncount_directly(struct tmi_account *account, size_t size);

/* Counts a request that is refused: returns NULL. A size that cannot be is the backend's. */
void *tmi_account_refuse(struct tmi_account *account, enum tmi_refusal why);

#endif
