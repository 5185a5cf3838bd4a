/*
 * alloc/verb.c: see verb.h. Charges after the span is had and gives back before it is freed, so
 * that a failure charges nothing.
 */
#include "alloc/verb.h"

#include <string.h>

#include "alloc/check.h"
#include "alloc/fail.h"
#include "alloc/failed_resizes.h"
#include "alloc/guarding.h"
#include "alloc/misuse.h"
#include "alloc/quick.h"
#include "alloc/stacks.h"
#include "alloc/start.h"
#include "alloc/third_party.h"

/* Counts a refusal, and notes it for who uses the NULL. size SIZE_MAX: not known. */
static void *refuse(struct tmi_thread *thread, struct tmi_account *account, size_t size,
                    enum tmi_refusal why)
{
    tmi_guarding_note_failure(thread, account->site, size);
    return tmi_account_refuse(account, why);
}

static void *refuse_size(const struct tmi_verb *verb, size_t size)
{
    struct tmi_thread *thread = tmi_thread_get();

    if (thread != NULL || tmi_started()) {
        struct tmi_account *account = tmi_account_for_call(thread, verb->site, verb->target,
                                                           verb->name);

        (void)refuse(thread, account, size, TMI_REFUSED_BY_BACKEND);
    }
    return NULL;
}

void *tmi_refuse(const struct tmi_verb *verb)
{
    return refuse_size(verb, SIZE_MAX);
}

static bool size_is_possible(size_t alignment, size_t size)
{
    return (alignment & (alignment - 1)) == 0 && alignment <= TMI_SIZE_MAX / 2 &&
           size <= TMI_SIZE_MAX - 2 * TMI_HEADER_BYTES - alignment;
}

/* Check mode: the stack of this call is that of the block which is now made or freed. */
static void note_stack(struct tmi_thread *thread, const struct tmi_verb *verb)
{
    if (tmi_checking && thread != NULL)
        tmi_stacks_note(thread, verb->frame);
}

static void *create_plain(struct tmi_nest *nest, uint64_t shape, uint32_t account, bool zero)
{
    void *block = tmi_block_create(nest, shape, account, zero);

    if (block != NULL)
        tmi_guarding_say_unguarded();
    return block;
}

/*
 * NULL: refused, and counted as that.
 * Under a budget the room is reserved first, so that a refusal takes nothing from the backend.
 * Otherwise it comes after the span: a request that the backend refuses leaves no trace in peaks.
 */
static void *create_charged(const struct tmi_verb *verb, struct tmi_thread *thread,
                            struct tmi_account *account, uint64_t shape, bool zero)
{
    struct tmi_nest *nest = thread != NULL ? &thread->nest : NULL;
    size_t size = tmi_shape_size(shape);
    size_t overhead = tmi_shape_overhead(shape);
    bool reserved = tmi_load(&account->domain->capped);
    void *block;

    if (reserved && !tmi_reserve(thread, account, size + overhead))
        return refuse(thread, account, size, TMI_REFUSED_BY_BUDGET);
    block = tmi_guarding_create(verb, thread, shape, account->id, zero);
    if (block == NULL) {
        note_stack(thread, verb);
        block = create_plain(nest, shape, account->id, zero);
    }
    if (block == NULL) {
        if (reserved)
            tmi_unreserve(thread, account, size + overhead);
        return refuse(thread, account, size, TMI_REFUSED_BY_BACKEND);
    }
    if (!reserved && !tmi_reserve(thread, account, size + overhead)) { /* capped just now */
        tmi_block_take_back(nest, block, shape);
        return refuse(thread, account, size, TMI_REFUSED_BY_BUDGET);
    }
    tmi_count(thread, account, size, overhead);
    return block;
}

void *tmi_allocate(const struct tmi_verb *verb, size_t alignment, size_t size, bool zero)
{
    struct tmi_thread *thread;
    struct tmi_account *account;
    uint64_t shape;

    if (tmi_is_quick() && alignment <= 1) {
        void *block = tmi_quick_allocate(verb, size, zero);

        if (TMI_LIKELY(block != NULL))
            return block;
    }
    thread = tmi_thread_get();
    if (thread == NULL && !tmi_started())
        return NULL;
    tmi_check_tick(verb, thread);
    if (!size_is_possible(alignment, size)) {
        tmi_check_size(verb, 1, size);
        return refuse_size(verb, size);
    }
    account = tmi_account_for_call(thread, verb->site, verb->target, verb->name);
    if (tmi_fail_injects(thread, account))
        return refuse(thread, account, size, TMI_REFUSED_ON_PURPOSE);
    shape = tmi_block_shape(size, alignment, verb->family,
                            tmi_load_acquire(&account->domain->backend));
    return create_charged(verb, thread, account, shape, zero);
}

/* Adopted blocks go with the plain verbs. */
static bool family_takes(trackmem_family verb_family, const struct tmi_finding *finding)
{
    return finding->verdict == TMI_VERDICT_ADOPTED
               ? verb_family == TRACKMEM_FAMILY_PLAIN
               : tmi_shape_family(finding->shape) == verb_family;
}

/* Whether ptr is a live block, else that is reported. */
static bool judge_live(const struct tmi_verb *verb, const void *ptr, struct tmi_finding *finding)
{
    if (TMI_UNLIKELY(!tmi_start()))
        return false;
    *finding = tmi_judge(ptr);
    if (finding->verdict == TMI_VERDICT_LIVE || finding->verdict == TMI_VERDICT_ADOPTED)
        return true;
    tmi_report_not_live(verb, ptr, finding);
    return false;
}

bool tmi_inspect(const struct tmi_verb *verb, const void *ptr, struct tmi_finding *finding)
{
    return judge_live(verb, ptr, finding);
}

static bool judge_for_verb(const struct tmi_verb *verb, const void *ptr,
                           struct tmi_finding *finding)
{
    if (!judge_live(verb, ptr, finding))
        return false;
    if (family_takes(verb->family, finding))
        return true;
    tmi_report_mismatch(verb, finding);
    return false;
}

/*
 * Check mode: the first half of a free, and what is wrong with the block is reported. The finding
 * has the account of what is claimed: who heard of the report may have transferred it.
 */
static bool end_checked(const struct tmi_verb *verb, struct tmi_thread *thread,
                        struct tmi_finding *finding)
{
    if (!tmi_check_claim(verb, finding->record, finding->life))
        return false;
    finding->account = tmi_checked_record(finding->record).account;
    note_stack(thread, verb);
    tmi_checked_put_away(thread != NULL ? &thread->nest.checked : NULL, finding->record,
                         verb->site);
    return true;
}

/* Ends a block that was judged to be live. False, and reported: another thread was first. */
static bool end_block(const struct tmi_verb *verb, struct tmi_thread *thread, void *ptr,
                      const struct tmi_finding *finding)
{
    struct tmi_nest *nest = thread != NULL ? &thread->nest : NULL;
    struct tmi_finding ended = *finding;
    struct tmi_finding again = { .verdict = TMI_VERDICT_UNKNOWN, .block = ptr };

    if (tmi_shape_layout(finding->shape) == TMI_LAYOUT_GUARDED
            ? tmi_guarding_end(verb, thread, ptr, &ended.account)
        : tmi_checking && finding->record != 0
            ? end_checked(verb, thread, &ended)
            : tmi_block_destroy(nest, ptr, finding->shape, finding->owner, verb->site)) {
        tmi_uncharge(thread, tmi_account_by_id(ended.account), tmi_shape_size(finding->shape),
                     tmi_shape_overhead(finding->shape));
        return true;
    }
    tmi_report_not_live(verb, ptr, &again);
    return false;
}

void tmi_release(const struct tmi_verb *verb, void *ptr, const size_t *claimed_size)
{
    struct tmi_thread *thread;
    struct tmi_finding finding;

    if (ptr == NULL || (tmi_is_quick() && tmi_quick_release(verb, ptr, claimed_size)))
        return;
    thread = tmi_thread_get();
    tmi_check_tick(verb, thread);
    if (!judge_for_verb(verb, ptr, &finding))
        return;
    if (claimed_size != NULL && *claimed_size != tmi_shape_size(finding.shape))
        tmi_report_size(verb, &finding, *claimed_size);
    if (finding.verdict == TMI_VERDICT_ADOPTED)
        tmi_adopted_free(verb, thread, ptr, &finding);
    else
        (void)end_block(verb, thread, ptr, &finding);
}

/* The account of a resized block: its own domain, this site. */
static struct tmi_account *account_after_resize(const struct tmi_verb *verb,
                                                const struct tmi_finding *finding)
{
    struct tmi_account *before = tmi_account_by_id(finding->account);
    uint32_t id = tmi_load_acquire(&verb->site->account); /* see default_account */
    struct tmi_account *cached = id != 0 ? tmi_account_by_id(id) : NULL;

    if (cached != NULL && cached->domain == before->domain)
        return cached;
    return tmi_account_of(tmi_site_of(verb->site), before->domain);
}

/*
 * Whether a block is still what was found: a function of a budget, which was called since, may have
 * freed it. That is reported.
 */
static bool stands(const struct tmi_verb *verb, void *ptr, const struct tmi_finding *finding)
{
    struct tmi_finding now;

    return judge_for_verb(verb, ptr, &now) && now.shape == finding->shape &&
           now.account == finding->account;
}

/*
 * Without copying, where that can be: then only the difference is reserved, and in the domain's one
 * purse, since a resize stays in its domain. NULL: nothing happened; *refused: a budget has no room
 * for the difference, and so none for a copy, or there is nothing to copy; else copy.
 */
static void *resize_span(const struct tmi_verb *verb, struct tmi_thread *thread, void *ptr,
                         const struct tmi_finding *finding, struct tmi_account *account,
                         size_t size, bool *refused)
{
    struct tmi_account *before = tmi_account_by_id(finding->account);
    size_t old_size = tmi_shape_size(finding->shape);
    size_t overhead = tmi_shape_overhead(finding->shape);
    size_t growth = size > old_size ? size - old_size : 0;
    bool capped = tmi_load(&account->domain->capped); /* as in create_charged */
    void *block;

    *refused = capped && growth != 0 && !tmi_reserve(thread, account, growth);
    if (*refused)
        return refuse(thread, account, size, TMI_REFUSED_BY_BUDGET);
    *refused = capped && growth != 0 && !stands(verb, ptr, finding);
    block = *refused ? NULL
                     : tmi_block_resize(ptr, finding->shape, finding->owner, size, account->id);
    if (block == NULL) {
        if (capped && growth != 0)
            tmi_unreserve(thread, account, growth);
        return NULL;
    }
    if (!capped && growth != 0)
        tmi_reserve_anyway(thread, account, growth);
    tmi_uncount(thread, before, old_size, overhead);
    tmi_count(thread, account, size, overhead);
    if (size < old_size)
        tmi_unreserve(thread, account, old_size - size);
    return block;
}

static void *resize_by_copying(const struct tmi_verb *verb, struct tmi_thread *thread, void *ptr,
                               const struct tmi_finding *finding, uint64_t shape,
                               struct tmi_account *account)
{
    size_t old_size = tmi_shape_size(finding->shape);
    size_t size = tmi_shape_size(shape);
    void *block = create_charged(verb, thread, account, shape, false);

    if (block == NULL)
        return NULL;
    if (!tmi_load(&account->domain->capped) || stands(verb, ptr, finding)) {
        memcpy(block, ptr, old_size < size ? old_size : size);
        if (end_block(verb, thread, ptr, finding))
            return block;
    }
    tmi_block_take_back(thread != NULL ? &thread->nest : NULL, block, shape);
    tmi_uncharge(thread, account, size, tmi_shape_overhead(shape));
    return NULL;
}

/* NULL: it failed, and the block stands as it was. */
static void *resize_live(const struct tmi_verb *verb, struct tmi_thread *thread, void *ptr,
                         const struct tmi_finding *finding, size_t alignment, size_t size)
{
    struct tmi_account *account = account_after_resize(verb, finding);
    uint64_t shape;

    if ((alignment & (alignment - 1)) != 0)
        return tmi_account_refuse(account, TMI_REFUSED_BY_BACKEND);
    if (alignment < tmi_shape_alignment(finding->shape))
        alignment = tmi_shape_alignment(finding->shape);
    if (!size_is_possible(alignment, size)) {
        tmi_check_size(verb, 1, size);
        return refuse(thread, account, size, TMI_REFUSED_BY_BACKEND);
    }
    if (tmi_fail_injects(thread, account))
        return refuse(thread, account, size, TMI_REFUSED_ON_PURPOSE);
    if (finding->verdict == TMI_VERDICT_ADOPTED)
        return tmi_adopted_resize(verb, thread, ptr, finding, account, size);
    shape = tmi_block_shape(size, alignment, tmi_shape_family(finding->shape),
                            tmi_shape_backend(finding->shape));
    if (finding->record == 0 && alignment == tmi_shape_alignment(finding->shape)) {
        bool refused;
        void *block = resize_span(verb, thread, ptr, finding, account, size, &refused);

        if (block != NULL || refused)
            return block;
    }
    return resize_by_copying(verb, thread, ptr, finding, shape, account);
}

/* Whoever writes the NULL over the only pointer loses the block: a leak's report tells of it. */
TMI_COLD static void note_failed_resize(const struct tmi_verb *verb,
                                        const struct tmi_finding *finding)
{
    struct tmi_failed_resize failed = { (uintptr_t)finding->block, finding->account,
                                        tmi_site_of(verb->site)->id };

    tmi_failed_resize_note(&failed);
}

void *tmi_resize(const struct tmi_verb *verb, void *ptr, size_t alignment, size_t size)
{
    struct tmi_thread *thread = tmi_thread_get();
    struct tmi_finding finding;
    void *block;

    if (ptr == NULL)
        return tmi_allocate(verb, alignment, size, false);
    if (tmi_is_quick() && alignment <= 1 && (block = tmi_quick_resize(verb, ptr, size)) != NULL)
        return block;
    tmi_check_tick(verb, thread);
    if (!judge_for_verb(verb, ptr, &finding))
        return NULL;
    block = resize_live(verb, thread, ptr, &finding, alignment, size);
    if (block == NULL)
        note_failed_resize(verb, &finding);
    return block;
}
