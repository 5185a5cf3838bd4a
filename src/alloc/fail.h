/*
 * alloc/fail.h: whether a request fails on purpose (trackmem/fail.h). A detour leads here: the hot
 * paths know nothing of it.
 */
#ifndef TMI_ALLOC_FAIL_H
#define TMI_ALLOC_FAIL_H

#include "alloc/options.h"
#include "alloc/thread.h"

enum tmi_fail_trigger {
    TMI_FAIL_NEVER,
    TMI_FAIL_NTH,
    TMI_FAIL_AFTER,
    TMI_FAIL_EVERY,
    TMI_FAIL_RATE
};

/* A rule, parsed: trackmem_fail_set. Empty filters match all. */
struct tmi_fail_rule {
    enum tmi_fail_trigger trigger;
    uint64_t n; /* of a rate: 2^32 is certain */
    uint64_t seed;
    char domain[128];
    char file[128];
    uint32_t line; /* 0: any */
};

/* Parses length bytes. False: *problem says why not. */
bool tmi_fail_rule_parse(const char *text, size_t length, struct tmi_fail_rule *rule,
                         struct tmi_option_problem *problem);

/* Whether a request matches the filters. */
bool tmi_fail_rule_matches(const struct tmi_fail_rule *rule, const struct tmi_account *account);

/* Sets a rule; takes effect at once. */
void tmi_fail_set(const struct tmi_fail_rule *rule);

/* Decides, counts, and tells the witness. Only where a detour says that anything is set. */
bool tmi_fail_decide(struct tmi_thread *thread, struct tmi_account *account);

/* Whether this request fails on purpose. */
TMI_INLINE bool tmi_fail_injects(struct tmi_thread *thread, struct tmi_account *account)
{
    return TMI_UNLIKELY(thread != NULL && (tmi_load(&thread->detours) & TMI_DETOURS_FAIL) != 0) &&
           tmi_fail_decide(thread, account);
}

/*
 * fn is called at each injected failure, on the thread that asked, before the verb returns, with no
 * lock held; NULL: nobody. For the sweep.
 */
typedef void tmi_fail_witness_fn(const struct tmi_account *account, void *user);
void tmi_fail_set_witness(tmi_fail_witness_fn *fn, void *user);

void tmi_fail_lock_for_fork(void);
void tmi_fail_unlock_after_fork(void);

#endif
