/*
 * alloc/mesa.c: what mesa.h needs beyond the verbs: leak windows by number, tags, checks. For
 * debugging: slow. Takes no lock of its own; the windows are handed over by atomic exchange.
 */
#include "trackmem/mesa.h"

#include "alloc/misuse.h"
#include "alloc/window.h"
#include "trackmem/observe.h"

#define WINDOWS       16u
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

void trackmem_mesa_end_at(struct trackmem_site *site, unsigned long start)
{
    struct tmi_verb verb = {
        "debug_memory_end", TRACKMEM_FAMILY_NONE, site, { false, NULL }, TMI_FRAME()
    };
    struct trackmem_window *window = close_window(start);

    (void)tmi_window_report(&verb, window);
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
