/*
 * alloc/third_party.c: the C library's family: the named escapes, adoption, export. Adopted blocks
 * have no header; they stand in the exact table, and cost no overhead.
 */
#include "alloc/third_party.h"

#include <stdlib.h>
#include <string.h>

#include "alloc/fail.h"
#include "alloc/misuse.h"

void *trackmem_libc_malloc(size_t size)
{
    return malloc(size); /* raw: the named escape */
}

void *trackmem_libc_calloc(size_t count, size_t size)
{
    return calloc(count, size); /* raw: the named escape */
}

void *trackmem_libc_realloc(void *ptr, size_t size)
{
    return realloc(ptr, size); /* raw: the named escape */
}

void trackmem_libc_free(void *ptr)
{
    free(ptr); /* raw: the named escape */
}

char *trackmem_libc_strdup(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = malloc(size); /* raw: the named escape */

    return copy != NULL ? memcpy(copy, text, size) : NULL;
}

enum trackmem_status trackmem_adopt_at(struct trackmem_site *site, void *ptr, size_t size)
{
    struct tmi_verb verb = {
        "trackmem_adopt", TRACKMEM_FAMILY_LIBC, site, { false, NULL }, TMI_FRAME()
    };
    struct tmi_thread *thread = tmi_thread_get();
    struct tmi_exact_entry entry = { .block = (uintptr_t)ptr, .size = size };
    struct tmi_account *account;

    if (ptr == NULL || size > TMI_SIZE_MAX)
        return TRACKMEM_INVALID;
    if (thread == NULL)
        return TRACKMEM_OUT_OF_MEMORY;
    if (tmi_judge(ptr).verdict != TMI_VERDICT_UNKNOWN)
        return TRACKMEM_BUSY;
    account = tmi_account_for_call(thread, site, verb.target, verb.name);
    entry.account = account->id;
    if (tmi_fail_injects(thread, account)) {
        (void)tmi_account_refuse(account, TMI_REFUSED_ON_PURPOSE);
        return TRACKMEM_OUT_OF_MEMORY;
    }
    if (!tmi_charge(thread, account, size, 0)) {
        (void)tmi_account_refuse(account, TMI_REFUSED_BY_BUDGET);
        return TRACKMEM_OUT_OF_MEMORY;
    }
    if (tmi_exact_insert(&entry))
        return TRACKMEM_OK;
    tmi_uncharge(thread, account, size, 0);
    return TRACKMEM_OUT_OF_MEMORY;
}

/* Out of the table; false, and reported: another thread was first. */
static bool take_out(const struct tmi_verb *verb, void *ptr)
{
    struct tmi_finding again = { .verdict = TMI_VERDICT_UNKNOWN, .block = ptr };

    if (tmi_exact_remove(ptr))
        return true;
    tmi_report_not_live(verb, ptr, &again);
    return false;
}

/* Out of the table and the accounting. */
static bool disown(const struct tmi_verb *verb, struct tmi_thread *thread, void *ptr,
                   const struct tmi_finding *finding)
{
    if (!take_out(verb, ptr))
        return false;
    tmi_uncharge(thread, tmi_account_by_id(finding->account), tmi_shape_size(finding->shape), 0);
    return true;
}

void tmi_adopted_free(const struct tmi_verb *verb, struct tmi_thread *thread, void *ptr,
                      const struct tmi_finding *finding)
{
    struct tmi_nest *nest = thread != NULL ? &thread->nest : NULL;

    if (!disown(verb, thread, ptr, finding))
        return;
    tmi_block_bury_adopted(nest, ptr, finding->shape, finding->account, verb->site);
    free(ptr); /* raw: it came from there */
}

void *tmi_adopted_resize(const struct tmi_verb *verb, struct tmi_thread *thread, void *ptr,
                         const struct tmi_finding *finding, struct tmi_account *account,
                         size_t size)
{
    struct tmi_exact_entry entry = { .block = (uintptr_t)ptr,
                                     .size = tmi_shape_size(finding->shape),
                                     .account = finding->account };
    size_t growth = size > entry.size ? size - entry.size : 0;
    void *moved;

    if (tmi_exact_is_short())
        return tmi_account_refuse(account, TMI_REFUSED_BY_BACKEND);
    if (growth != 0 && !tmi_reserve(thread, account, growth))
        return tmi_account_refuse(account, TMI_REFUSED_BY_BUDGET);
    if (!take_out(verb, ptr)) {
        tmi_unreserve(thread, account, growth);
        return NULL;
    }
    moved = realloc(ptr, size != 0 ? size : 1); /* raw: it came from there */
    if (moved == NULL) {
        (void)tmi_exact_insert(&entry);
        tmi_unreserve(thread, account, growth);
        return tmi_account_refuse(account, TMI_REFUSED_BY_BACKEND);
    }
    tmi_uncount(thread, tmi_account_by_id(entry.account), entry.size, 0);
    tmi_count(thread, account, size, 0);
    if (size < entry.size)
        tmi_unreserve(thread, account, entry.size - size);
    entry = (struct tmi_exact_entry){ (uintptr_t)moved, size, account->id };
    (void)tmi_exact_insert(&entry); /* the table is not short: there is room */
    return moved;
}

/* The C library's copy is an allocation of this call in the block's domain. */
static void *copy_for_libc(struct trackmem_site *site, const void *ptr,
                           const struct tmi_finding *finding)
{
    struct tmi_account *account = tmi_account_of(tmi_site_of(site),
                                                 tmi_account_by_id(finding->account)->domain);
    size_t size = tmi_shape_size(finding->shape);
    void *copy;

    if (tmi_fail_injects(tmi_thread_get(), account))
        return tmi_account_refuse(account, TMI_REFUSED_ON_PURPOSE);
    copy = malloc(size != 0 ? size : 1); /* raw: the caller will call free */
    if (copy == NULL)
        return tmi_account_refuse(account, TMI_REFUSED_BY_BACKEND);
    return memcpy(copy, ptr, size);
}

void *trackmem_export_at(struct trackmem_site *site, void *ptr)
{
    struct tmi_verb verb = {
        "trackmem_export", TRACKMEM_FAMILY_PLAIN, site, { false, NULL }, TMI_FRAME()
    };
    struct tmi_finding finding;
    void *copy;

    if (ptr == NULL || !tmi_inspect(&verb, ptr, &finding))
        return NULL;
    if (finding.verdict == TMI_VERDICT_ADOPTED)
        return disown(&verb, tmi_thread_get(), ptr, &finding) ? ptr : NULL;
    verb.family = tmi_shape_family(finding.shape);
    copy = copy_for_libc(site, ptr, &finding);
    if (copy == NULL)
        return NULL;
    tmi_release(&verb, ptr, NULL);
    return copy;
}
