/*
 * alloc/mesa.c: what mesa.h needs beyond the verbs: leak windows by number, tags, checks. For
 * debugging: slow. Takes no lock of its own; the windows are handed over by atomic exchange.
 */
#include "trackmem/mesa.h"

#include "alloc/misuse.h"
#include "base/sort.h"
#include "trackmem/observe.h"

#define WINDOWS       16u
#define MOST_SITES    64u
#define LONGEST_NAME  32
#define TAG_PREFIX    "tag "
#define PREFIX_LENGTH (sizeof TAG_PREFIX - 1)

/*
 * The open windows. Number n stands in place n % WINDOWS; `taken` marks a place that is being
 * filled. Whoever exchanges a window for NULL owns it.
 */
static struct {
    struct trackmem_window *window;
    unsigned long number;
} windows[WINDOWS];
static unsigned long opened; /* atomic: how many ever */
static char taken;

unsigned long trackmem_mesa_begin(void)
{
    struct trackmem_window *window = trackmem_begin();
    unsigned long serial = tmi_add(&opened, 1);

    for (unsigned i = 0; window != NULL && i < WINDOWS; ++i) {
        struct trackmem_window *none = NULL;
        unsigned long number = (serial + 1) * WINDOWS + i;

        if (number < WINDOWS) /* wrapped */
            number += WINDOWS;
        if (!__atomic_compare_exchange_n(&windows[i].window, &none,
                                         (struct trackmem_window *)(void *)&taken, false,
                                         __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
            continue;
        tmi_store(&windows[i].number, number);
        tmi_store_release(&windows[i].window, window); /* pairs with close_window */
        return number;
    }
    (void)trackmem_end(window, NULL, NULL);
    return 0;
}

/* The window of that number, which from now on is the caller's; NULL if it is not open. */
static struct trackmem_window *close_window(unsigned long number)
{
    unsigned i = (unsigned)(number % WINDOWS);
    struct trackmem_window *window = tmi_load_acquire(&windows[i].window);

    if (number < WINDOWS || window == NULL || (void *)window == (void *)&taken ||
        tmi_load(&windows[i].number) != number ||
        !__atomic_compare_exchange_n(&windows[i].window, &window, NULL, false, __ATOMIC_ACQUIRE,
                                     __ATOMIC_RELAXED))
        return NULL;
    return window;
}

/* The sites that hold most, and the sums of all. */
struct leaks {
    struct trackmem_site_stats sites[MOST_SITES];
    size_t count;
    uint64_t bytes;
    uint64_t blocks;
};

static bool holds_more(const void *a, const void *b, const void *user)
{
    const struct trackmem_site_stats *left = a;
    const struct trackmem_site_stats *right = b;

    (void)user;
    return left->live_bytes > right->live_bytes;
}

static bool note_leak(const struct trackmem_site_stats *site, void *user)
{
    struct leaks *leaks = user;
    size_t least = 0;

    if ((int64_t)site->live_blocks <= 0) /* only resized, or moved here */
        return true;
    leaks->blocks += site->live_blocks;
    leaks->bytes += (int64_t)site->live_bytes > 0 ? site->live_bytes : 0;
    if (leaks->count < MOST_SITES) {
        leaks->sites[leaks->count++] = *site;
        return true;
    }
    for (size_t i = 1; i < MOST_SITES; ++i)
        if (leaks->sites[i].live_bytes < leaks->sites[least].live_bytes)
            least = i;
    if (leaks->sites[least].live_bytes < site->live_bytes)
        leaks->sites[least] = *site;
    return true;
}

void trackmem_mesa_end_at(struct trackmem_site *site, unsigned long start)
{
    struct tmi_verb verb = {
        "debug_memory_end", TRACKMEM_FAMILY_NONE, site, { false, NULL }, TMI_FRAME()
    };
    struct trackmem_window *window = close_window(start);
    struct leaks leaks;

    if (window == NULL)
        return;
    leaks.count = 0;
    leaks.bytes = leaks.blocks = 0;
    (void)trackmem_end(window, note_leak, &leaks);
    if (leaks.blocks == 0)
        return;
    tmi_sort(leaks.sites, leaks.count, sizeof *leaks.sites, holds_more, NULL);
    struct tmi_call call = tmi_call_of(&verb, NULL);

    tmi_report_window_leak(&call, leaks.sites, leaks.count, leaks.blocks, leaks.bytes);
}

static bool is_tag(const struct trackmem_domain *domain)
{
    return domain->parent != NULL && strncmp(domain->name, TAG_PREFIX, PREFIX_LENGTH) == 0;
}

void trackmem_mesa_tag_at(struct trackmem_site *site, void *ptr, unsigned tag)
{
    struct tmi_verb verb = {
        "debug_memory_tag", TRACKMEM_FAMILY_NONE, site, { false, NULL }, TMI_FRAME()
    };
    struct tmi_finding finding;
    struct trackmem_domain *owner;
    char name[LONGEST_NAME];
    struct tmi_text text;

    if (ptr == NULL || !tmi_inspect(&verb, ptr, &finding))
        return;
    owner = &tmi_account_by_id(finding.account)->domain->handle;
    tmi_text_init(&text, name, sizeof name);
    tmi_text_add(&text, TAG_PREFIX);
    tmi_text_add_unsigned(&text, tag);
    /* Never destroyed: one domain for each pair of owner and tag, however many blocks. */
    owner = trackmem_domain_create(is_tag(owner) ? owner->parent : owner, name);
    if (owner != NULL)
        (void)trackmem_transfer_at(site, ptr, owner);
}

void trackmem_mesa_check_at(struct trackmem_site *site)
{
    struct tmi_verb verb = {
        "debug_memory_check", TRACKMEM_FAMILY_NONE, site, { false, NULL }, TMI_FRAME()
    };
    struct tmi_exact_entry entry;
    size_t cursor = 0;

    (void)trackmem_check_all_at(site);
    while (!tmi_checking && tmi_exact_next(&cursor, &entry)) {
        const void *block = (const void *)entry.block;
        struct tmi_finding finding;

        if (entry.account == 0 && tmi_judge(block).verdict == TMI_VERDICT_DAMAGED)
            (void)tmi_inspect(&verb, block, &finding);
    }
}
