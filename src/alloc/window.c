/*
 * alloc/window.c: leak windows: what was allocated since one began and is alive as it ends.
 *
 * A window is the snapshot of its start, its sites in an order in which they can be found; and in
 * check mode the blocks that there were.
 */
#include "alloc/window.h"
#include "account/own.h"
#include "alloc/leak_list.h"
#include "alloc/leak_search.h"
#include "alloc/leaks.h"
#include "alloc/misuse.h"
#include "alloc/observe.h"
#include "base/sort.h"

struct trackmem_window {
    struct tmi_snapshot *snapshot;
    struct tmi_census *census; /* NULL: not in check mode */
};

static bool window_before(const void *a, const void *b, const void *user)
{
    const struct trackmem_site_stats *left = a;
    const struct trackmem_site_stats *right = b;
    uintptr_t left_file = (uintptr_t)left->place.file;
    uintptr_t right_file = (uintptr_t)right->place.file;

    (void)user;
    if (left->domain != right->domain)
        return (uintptr_t)left->domain < (uintptr_t)right->domain;
    if (left_file != right_file)
        return left_file < right_file;
    if (left->place.line != right->place.line)
        return left->place.line < right->place.line;
    if (left->place.function != right->place.function)
        return (uintptr_t)left->place.function < (uintptr_t)right->place.function;
    return (uintptr_t)left->place.address < (uintptr_t)right->place.address;
}

static void destroy(struct trackmem_window *window)
{
    if (window == NULL)
        return;
    tmi_snapshot_destroy(window->snapshot);
    tmi_census_destroy(window->census);
    tmi_own_unmap(window, sizeof *window);
}

struct trackmem_window *trackmem_begin(void)
{
    struct tmi_snapshot *snapshot = tmi_observe_snapshot();
    struct trackmem_window *window = snapshot != NULL ? tmi_own_map(sizeof *window) : NULL;

    if (window == NULL) {
        tmi_snapshot_destroy(snapshot);
        return NULL;
    }
    tmi_sort(snapshot->sites, snapshot->site_count, sizeof *snapshot->sites, window_before, NULL);
    window->snapshot = snapshot;
    if (tmi_checking)
        window->census = tmi_census_now();
    return window;
}

static const struct trackmem_site_stats *find_in_window(const struct tmi_snapshot *window,
                                                        const struct trackmem_site_stats *site)
{
    size_t first = 0;
    size_t count = window->site_count;

    while (count > 0) {
        const struct trackmem_site_stats *middle = &window->sites[first + count / 2];

        if (window_before(middle, site, NULL)) {
            first += count / 2 + 1;
            count -= count / 2 + 1;
        } else {
            count /= 2;
        }
    }
    if (first == window->site_count || window_before(site, &window->sites[first], NULL))
        return NULL;
    return &window->sites[first];
}

/* Calls fn for each site that holds more than then; returns how many bytes more. */
static uint64_t visit(const struct tmi_snapshot *start, trackmem_site_fn *fn, void *user)
{
    struct tmi_snapshot *now = tmi_observe_snapshot();
    uint64_t leaked = 0;

    for (size_t i = 0; now != NULL && i < now->site_count; ++i) {
        struct trackmem_site_stats site = now->sites[i];
        const struct trackmem_site_stats *before = find_in_window(start, &site);

        if (before != NULL) {
            site.live_bytes -= before->live_bytes;
            site.live_blocks -= before->live_blocks;
            site.total_bytes -= before->total_bytes;
            site.total_blocks -= before->total_blocks;
        }
        if ((int64_t)site.live_bytes <= 0 && (int64_t)site.live_blocks <= 0)
            continue;
        leaked += (int64_t)site.live_bytes > 0 ? site.live_bytes : 0;
        if (fn != NULL && !fn(&site, user))
            fn = NULL;
    }
    tmi_snapshot_destroy(now);
    return leaked;
}

uint64_t trackmem_end(struct trackmem_window *window, trackmem_site_fn *fn, void *user)
{
    uint64_t leaked = window != NULL ? visit(window->snapshot, fn, user) : 0;

    destroy(window);
    return leaked;
}

static bool add_site(const struct trackmem_site_stats *site, void *user)
{
    tmi_leaks_add_site(user, site); /* none of one that only resized, or was moved here */
    return true;
}

static bool count_site(const struct trackmem_site_stats *site, void *user)
{
    size_t *count = user;

    (void)site;
    ++*count;
    return true;
}

/* By the accounts. NULL: no memory. */
static struct tmi_leaks *leaks_of(const struct tmi_snapshot *start)
{
    struct tmi_leaks *leaks;
    size_t count = 0;

    (void)visit(start, count_site, &count);
    leaks = tmi_leaks_create(count);
    if (leaks != NULL)
        (void)visit(start, add_site, leaks);
    return leaks;
}

uint64_t tmi_window_report(const struct tmi_verb *verb, struct trackmem_window *window)
{
    struct tmi_leaks *leaks = NULL;
    struct tmi_call call;

    if (window == NULL)
        return 0;
    call = tmi_call_of(verb, NULL);
    if (window->census != NULL)
        leaks = tmi_leak_search_since(window->census);
    if (leaks == NULL)
        leaks = leaks_of(window->snapshot);
    destroy(window);
    return tmi_leaks_of_window(&call, leaks);
}

uint64_t trackmem_end_report_at(struct trackmem_site *site, struct trackmem_window *window)
{
    struct tmi_verb verb = {
        "trackmem_end_report", TRACKMEM_FAMILY_NONE, site, { false, NULL }, TMI_FRAME()
    };

    return tmi_window_report(&verb, window);
}
