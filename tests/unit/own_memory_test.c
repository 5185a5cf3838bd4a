/*
 * No memory for our own bookkeeping: the 1st, 2nd, 3rd ... time that pages are asked for is
 * refused, once or from then on, while a scenario runs in a child. Nothing crashes, and no charge
 * is lost.
 */
#define _GNU_SOURCE
#include "unit.h"

#include <pthread.h>

#include "capture.h"
#include "platform/platform.h"
#include "witness.h"

static struct {
    unsigned long calls;  /* atomic */
    unsigned long refuse; /* the number of the call that fails; 0: none */
    bool and_all_that_follow;
} pages;

void *__real_tmi_platform_map(size_t size);
void *__wrap_tmi_platform_map(size_t size);

void *__wrap_tmi_platform_map(size_t size)
{
    unsigned long call = __atomic_add_fetch(&pages.calls, 1, __ATOMIC_RELAXED);
    if (pages.refuse != 0 &&
        (call == pages.refuse || (pages.and_all_that_follow && call > pages.refuse)))
        return NULL;
    return __real_tmi_platform_map(size);
}

static TRACKMEM_DEFINE_DOMAIN(lean, "lean", NULL);
static TRACKMEM_DEFINE_DOMAIN(leaner, "leaner", &lean);

enum { KINDS = 7, COUNT = 700 };

struct hoard {
    char *blocks[COUNT];
    size_t sizes[COUNT];
    int kinds[COUNT];
};

static void *make(size_t i, int kind, size_t size)
{
    struct trackmem_site *site = trackmem_site_at("lean.c", (unsigned)(i % 300), "make", &lean);
    char name[32];
    void *guest;
    switch (kind) {
    case 0: return trackmem_malloc(size);
    case 1: return trackmem_malloc_at(site, size);
    case 2: return trackmem_malloc_in(&leaner, size);
    case 3: return trackmem_aligned_alloc_in(&lean, 4096, size);
    case 4: return trackmem_malloc(size + 70000);
    case 5:
        (void)snprintf(name, sizeof name, "lean %zu", i % 40);
        return trackmem_malloc_in(trackmem_domain_create(&leaner, name), size);
    default:
        guest = trackmem_libc_malloc(size + 1);
        if (trackmem_adopt(guest, size) == TRACKMEM_OK)
            return guest;
        trackmem_libc_free(guest);
        return NULL;
    }
}

static void release(char *block, int kind)
{
    if (kind == 3)
        trackmem_aligned_free(block);
    else
        trackmem_free(block);
}

/* Blocks that stand in the table of exact addresses move while it has no memory. */
static void resize_some(struct hoard *hoard, size_t newest)
{
    size_t i = newest * 31 % (newest + 1);
    if (hoard->blocks[i] != NULL && hoard->kinds[i] >= 4 && hoard->kinds[i] != 5) {
        char *moved = trackmem_realloc(hoard->blocks[i], 100000 + newest * 700);
        if (moved != NULL)
            hoard->blocks[i] = moved;
    }
}

static void fill_hoard(struct hoard *hoard, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        hoard->kinds[i] = (int)(i % KINDS);
        hoard->sizes[i] = i * 13 % 2000;
        hoard->blocks[i] = make(i, hoard->kinds[i], hoard->sizes[i]);
        if (hoard->blocks[i] != NULL)
            fill(hoard->blocks[i], hoard->sizes[i], (unsigned)i);
        resize_some(hoard, i);
    }
}

static bool empty_hoard(struct hoard *hoard, size_t from, size_t to)
{
    bool whole = true;
    for (size_t i = from; i < to; i++) {
        if (hoard->blocks[i] == NULL)
            continue;
        if (i % 3 == 0 && hoard->kinds[i] != 3) {
            char *moved = trackmem_realloc(hoard->blocks[i], hoard->sizes[i] + 900);
            if (moved != NULL)
                hoard->blocks[i] = moved;
        }
        if (i % 5 == 0)
            (void)trackmem_transfer(hoard->blocks[i], &leaner);
        whole = whole && is_filled(hoard->blocks[i], hoard->sizes[i], (unsigned)i);
        release(hoard->blocks[i], hoard->kinds[i]);
        hoard->blocks[i] = NULL;
    }
    return whole;
}

static struct hoard hoard;
static bool threads_are_fine = true;

static void *work_in_a_thread(void *unused)
{
    (void)unused;
    fill_hoard(&hoard, COUNT / 2, COUNT);
    if (!empty_hoard(&hoard, COUNT / 2, COUNT * 3 / 4))
        threads_are_fine = false;
    return NULL;
}

/* What the counters must say while some blocks live. */
static bool counted(void)
{
    struct trackmem_stats stats;
    uint64_t blocks = 0;
    for (size_t i = 0; i < COUNT; i++)
        blocks += hoard.blocks[i] != NULL;
    return trackmem_domain_stats(NULL, true, &stats) == TRACKMEM_OK &&
           stats.live_blocks == blocks &&
           stats.charged_bytes == stats.live_bytes + stats.overhead_bytes;
}

static int scenario(void *unused)
{
    struct trackmem_stats stats;
    struct trackmem_window *window;
    pthread_t thread;
    (void)unused;
    trackmem_set_misuse_handler(witness_note, NULL);
    window = trackmem_begin();
    (void)trackmem_domain_push(&lean);
    fill_hoard(&hoard, 0, COUNT / 2);
    (void)trackmem_domain_pop();
    pthread_create(&thread, NULL, work_in_a_thread, NULL);
    pthread_join(thread, NULL);
    (void)trackmem_end(window, NULL, NULL);
    pages.refuse = 0; /* what follows only looks */
    if (!counted())
        return 1;
    if (!empty_hoard(&hoard, 0, COUNT) || !threads_are_fine)
        return 2;
    if (trackmem_domain_stats(NULL, true, &stats) != TRACKMEM_OK)
        return 3;
    if (stats.live_blocks != 0 || stats.live_bytes != 0 || stats.overhead_bytes != 0)
        return 4;
    if (witness.count != 0) {
        (void)fprintf(stderr, "%s", witness.text);
        return 5;
    }
    if (trackmem_misuse_count() != 0)
        return 6;
    trackmem_free(trackmem_malloc(10));
    return 0;
}

static int count_pages(void *unused)
{
    int code = scenario(unused);
    (void)fprintf(stderr, "%lu", pages.calls);
    return code;
}

static void check_refusals(bool and_all_that_follow)
{
    unsigned long calls;
    pages.refuse = 0;
    capture(count_pages, NULL);
    assert_true(exited_with(0));
    calls = strtoul(captured.text, NULL, 10);
    assert_in_range(calls, 5, 5000);
    for (unsigned long refuse = 1; refuse <= calls; refuse++) {
        pages.refuse = refuse;
        pages.and_all_that_follow = and_all_that_follow;
        capture(scenario, NULL);
        pages.refuse = 0;
        if (!exited_with(0))
            print_message("refused %lu of %lu%s: status %x %s\n", refuse, calls,
                          and_all_that_follow ? " and all that follow" : "",
                          (unsigned)captured.status, captured.text);
        assert_true(exited_with(0));
        assert_int_equal(captured.length, 0);
    }
}

static void one_refusal_is_survived_wherever_it_comes(void **state)
{
    (void)state;
    check_refusals(false);
}

static void refusals_without_end_are_survived_from_wherever_they_begin(void **state)
{
    (void)state;
    check_refusals(true);
}

static int start_without_memory(void *unused)
{
    struct trackmem_stats stats;
    (void)unused;
    pages.refuse = 1;
    pages.and_all_that_follow = true;
    if (trackmem_malloc(10) != NULL)
        return 1;
    if (trackmem_domain_create(NULL, "none") != NULL)
        return 2;
    if (trackmem_domain_stats(NULL, true, &stats) != TRACKMEM_OUT_OF_MEMORY)
        return 3;
    if (trackmem_report(2, TRACKMEM_FORMAT_TEXT) != TRACKMEM_OUT_OF_MEMORY)
        return 4;
    if (trackmem_begin() != NULL || trackmem_end(NULL, NULL, NULL) != 0)
        return 5;
    if (trackmem_domain_push(&lean) != TRACKMEM_OUT_OF_MEMORY)
        return 6;
    trackmem_free(NULL);
    trackmem_trim();
    pages.refuse = 0;
    trackmem_free(trackmem_malloc(10));
    return trackmem_domain_push(&lean) == TRACKMEM_OK ? 0 : 7;
}

static void a_library_that_could_not_start_does_so_later(void **state)
{
    (void)state;
    capture(start_without_memory, NULL);
    assert_int_equal(captured.length, 0);
    assert_true(exited_with(0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_library_that_could_not_start_does_so_later),
        cmocka_unit_test(one_refusal_is_survived_wherever_it_comes),
        cmocka_unit_test(refusals_without_end_are_survived_from_wherever_they_begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
