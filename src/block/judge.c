/*
 * block/judge.c: ownership before trust. Called when a pointer is not plainly a live block; takes
 * the locks of the exact table, and none while it asks the system.
 */
#include "block/judge.h"

#include "account/account.h"
#include "account/site.h"
#include "block/graves.h"
#include "block/guard.h"
#include "block/reuse.h"
#include "block/watched.h"
#include "platform/platform.h"

#define PAGE  4096u
#define REACH 65536u /* greater blocks stand in the exact table */

/* The alignments of blocks that stand in no table, as powers of two. */
#define LEAST_PLACED TMI_LOG2(TRACKMEM_ALIGNMENT)
#define MOST_PLACED  12u

struct tmi_finding tmi_finding_of_adopted(const struct tmi_exact_entry *entry)
{
    return (struct tmi_finding){
        .verdict = TMI_VERDICT_ADOPTED,
        .block = (const void *)entry->block,
        .shape = entry->size | tmi_shape_base(TMI_LOG2(TRACKMEM_ALIGNMENT), TMI_LAYOUT_PLAIN,
                                              TRACKMEM_FAMILY_LIBC),
        .account = entry->account,
    };
}

TMI_READS_ANYTHING static struct tmi_header read_words(const void *block)
{
    const volatile struct tmi_header *header = tmi_header_of(block);

    return (struct tmi_header){ header->shape, header->owner };
}

static struct tmi_header read_header(const void *block)
{
    struct tmi_header copy;

    if (TMI_LIKELY(tmi_watcher == NULL))
        return read_words(block);
    tmi_watcher->pause();
    copy = read_words(block);
    tmi_watcher->resume(&copy, sizeof copy);
    return copy;
}

/* What stands in the first word of a freed block: see reuse.h. */
TMI_READS_ANYTHING static struct trackmem_site *read_word(const void *block)
{
    return *(struct trackmem_site *const volatile *)block;
}

static struct trackmem_site *read_first_word(const void *block)
{
    struct trackmem_site *copy;

    if (TMI_LIKELY(tmi_watcher == NULL))
        return read_word(block);
    tmi_watcher->pause();
    copy = read_word(block);
    tmi_watcher->resume(&copy, sizeof copy);
    return copy;
}

static struct tmi_finding from_header(enum tmi_verdict verdict, const void *block,
                                      struct tmi_header header)
{
    return (struct tmi_finding){
        .verdict = verdict,
        .block = block,
        .shape = header.shape,
        .owner = header.owner,
        .account = tmi_owner_account(header.owner),
    };
}

struct tmi_finding tmi_judge(const void *ptr)
{
    struct tmi_finding unknown = { .verdict = TMI_VERDICT_UNKNOWN, .block = ptr };
    struct tmi_exact_entry entry = { 0, 0, 0 };
    bool starts_page = tmi_exact_starts_page((uintptr_t)ptr);

    if (tmi_guard_owns(ptr))
        return tmi_judge_guarded(ptr);
    if (TMI_UNLIKELY(tmi_checking))
        return tmi_judge_checked(ptr);
    if ((uintptr_t)ptr % TRACKMEM_ALIGNMENT != 0) /* no block of ours, and no header to read */
        return tmi_exact_find(ptr, &entry) ? tmi_finding_of_adopted(&entry) : unknown;
    if (!starts_page || (tmi_exact_find(ptr, &entry) && entry.account == 0)) {
        struct tmi_header header = read_header(ptr);

        if (tmi_header_is_live(ptr, header.shape, header.owner))
            return from_header(TMI_VERDICT_LIVE, ptr, header);
    }
    if (!tmi_exact_find(ptr, &entry))
        return unknown;
    if (entry.account != 0)
        return tmi_finding_of_adopted(&entry);
    unknown.verdict = TMI_VERDICT_DAMAGED;
    return unknown;
}

static bool is_site(const struct trackmem_site *site)
{
    struct trackmem_place place;

    return tmi_site_place_if_readable(site, &place);
}

static bool find_grave(const void *block, struct tmi_finding *finding)
{
    struct tmi_grave grave;

    if (!tmi_graves_find(block, &grave) ||
        !tmi_header_verifies(block, grave.shape, grave.owner)) /* torn by another thread's free */
        return false;
    *finding = from_header(TMI_VERDICT_FREED, block,
                           (struct tmi_header){ grave.shape, grave.owner });
    finding->freed_at = grave.freed_at;
    return true;
}

/* What its own header says is freed. */
static bool find_freed(const void *ptr, struct tmi_finding *finding)
{
    struct tmi_grave grave;

    if (tmi_platform_readable(tmi_header_of(ptr), sizeof(struct tmi_header)) &&
        tmi_platform_readable(ptr, sizeof finding->freed_at)) {
        struct tmi_header header = read_header(ptr);

        if (tmi_header_verifies(ptr, header.shape, header.owner) &&
            tmi_owner_state(header.owner) == TMI_STATE_FREED) {
            *finding = from_header(TMI_VERDICT_FREED, ptr, header);
            finding->freed_at = read_first_word(ptr);
            if (tmi_graves_find(ptr, &grave) && grave.owner == header.owner &&
                grave.shape == header.shape && !is_site(finding->freed_at))
                finding->freed_at = grave.freed_at; /* it went back whole: no site in it */
            return true;
        }
    }
    return false;
}

/* Goes back from the address, page by page while they can be read, for a header that covers it. */
static bool find_header_before(const void *address, struct tmi_finding *finding)
{
    uintptr_t wanted = (uintptr_t)address;
    uintptr_t block = wanted & ~(uintptr_t)(TRACKMEM_ALIGNMENT - 1);
    uintptr_t readable_from = UINTPTR_MAX;
    uintptr_t last = block > REACH ? block - REACH : PAGE;

    for (; block >= last; block -= TRACKMEM_ALIGNMENT) {
        uintptr_t header_at = block - TMI_HEADER_BYTES;
        struct tmi_header header;

        if (header_at < readable_from) {
            readable_from = header_at & ~(uintptr_t)(PAGE - 1);
            if (!tmi_platform_readable((const void *)header_at, readable_from + PAGE - header_at))
                return false;
        }
        header = read_header((const void *)block);
        if (tmi_header_is_live((const void *)block, header.shape, header.owner) &&
            wanted - block < tmi_shape_size(header.shape)) {
            *finding = from_header(TMI_VERDICT_INTERIOR, (const void *)block, header);
            return true;
        }
    }
    return false;
}

static bool find_around(const void *ptr, struct tmi_finding *finding)
{
    struct tmi_exact_entry entry = { 0, 0, 0 };

    if (!tmi_exact_find_around(ptr, &entry))
        return find_header_before(ptr, finding);
    if (entry.account != 0) {
        *finding = tmi_finding_of_adopted(&entry);
    } else {
        struct tmi_header header = read_header((const void *)entry.block);

        *finding = from_header(TMI_VERDICT_INTERIOR, (const void *)entry.block, header);
    }
    finding->verdict = TMI_VERDICT_INTERIOR;
    return true;
}

static bool is_family(trackmem_family family)
{
    return tmi_family_info(family) != tmi_family_info(TRACKMEM_FAMILY_NONE);
}

static uint64_t shape_of(size_t size, unsigned placed, trackmem_family family, uint32_t backend)
{
    enum tmi_layout layout = placed > LEAST_PLACED ? TMI_LAYOUT_ALIGNED : TMI_LAYOUT_PLAIN;

    return size | tmi_shape_base(placed, layout, family) | (uint64_t)backend << TMI_SIZE_BITS;
}

static bool is_placed(const void *ptr, unsigned placed)
{
    return ((uintptr_t)ptr & (((uintptr_t)1 << placed) - 1)) == 0;
}

/* Whether a word is as the first of a header that no table knows: hardly another one is. */
static bool is_shape(const void *ptr, uint64_t shape)
{
    unsigned placed = shape >> 48 & 63;
    trackmem_family family = tmi_shape_family(shape);

    return tmi_shape_size(shape) <= REACH && placed >= LEAST_PLACED && placed <= MOST_PLACED &&
           is_family(family) && is_placed(ptr, placed) &&
           shape == shape_of(tmi_shape_size(shape), placed, family, tmi_shape_backend(shape));
}

/* Whether a word is the second of a live block's of that family, whatever was the first. */
static bool is_owner_in(const void *ptr, uint64_t owner, trackmem_family family, uint32_t backend)
{
    for (unsigned placed = LEAST_PLACED; placed <= MOST_PLACED && is_placed(ptr, placed); ++placed)
        for (size_t size = 0; size <= REACH; ++size)
            if (tmi_header_is_live(ptr, shape_of(size, placed, family, backend), owner))
                return true;
    return false;
}

/*
 * The same of any family that has headers: all that the first word may have been is tried, some
 * hundred thousand a family. Of words that look like one, one in some thousands is taken for it.
 */
static bool is_owner(const void *ptr, uint64_t owner)
{
    uint32_t account = tmi_owner_account(owner);
    uint32_t backend;

    if (tmi_owner_state(owner) != TMI_STATE_LIVE || account - 1 >= tmi_account_count())
        return false;
    backend = tmi_load_acquire(&tmi_account_by_id(account)->domain->backend);
    for (trackmem_family family = 1; is_family(family); ++family)
        if (family != TRACKMEM_FAMILY_LIBC && is_owner_in(ptr, owner, family, backend))
            return true;
    return false;
}

/* Whether a block's header stood here, one word of which was overwritten. */
static bool is_damaged(const void *ptr)
{
    struct tmi_header header;

    if (!tmi_platform_readable(tmi_header_of(ptr), sizeof header))
        return false;
    header = read_header(ptr);
    return is_shape(ptr, header.shape) || is_owner(ptr, header.owner);
}

void tmi_judge_further(const void *ptr, struct tmi_finding *finding)
{
    bool aligned = (uintptr_t)ptr % TRACKMEM_ALIGNMENT == 0;

    if (tmi_guard_owns(ptr)) {
        tmi_judge_further_guarded(ptr, finding);
        return;
    }
    if (tmi_checking) {
        tmi_judge_further_checked(ptr, finding);
        return;
    }
    /* In this order: a live block has overgrown what was freed in its bounds, or there before. */
    if (find_around(ptr, finding) || (aligned && find_freed(ptr, finding)))
        return;
    if (aligned && is_damaged(ptr))
        *finding = (struct tmi_finding){ .verdict = TMI_VERDICT_DAMAGED, .block = ptr };
    else if (!aligned || !find_grave(ptr, finding))
        *finding = (struct tmi_finding){ .verdict = TMI_VERDICT_FOREIGN, .block = ptr };
}

/* Who watches the heap knows its spans: the block in one, live or freed, whatever the address. */
static bool find_in_span(const void *address, struct tmi_finding *finding)
{
    size_t size = 0;
    const char *span = tmi_watcher != NULL ? tmi_watcher->find_span(address, &size) : NULL;

    if (span == NULL || (uintptr_t)span % TRACKMEM_ALIGNMENT != 0)
        return false;
    for (size_t at = TMI_HEADER_BYTES; at <= size && at <= REACH; at += TRACKMEM_ALIGNMENT) {
        struct tmi_header header = read_header(span + at);

        if (tmi_header_is_live(span + at, header.shape, header.owner)) {
            *finding = from_header(TMI_VERDICT_INTERIOR, span + at, header);
            return true;
        }
        if (find_grave(span + at, finding))
            return true;
    }
    return false;
}

struct tmi_finding tmi_judge_unread(const void *ptr)
{
    struct tmi_finding finding = { .verdict = TMI_VERDICT_FOREIGN, .block = ptr };

    if (find_in_span(ptr, &finding))
        return finding;
    if (tmi_checking)
        finding = tmi_judge_checked(ptr);
    if (finding.record == 0 && finding.verdict != TMI_VERDICT_ADOPTED)
        tmi_judge_further(ptr, &finding);
    return finding;
}
