/*
 * The counters over the C library, with spans kept for reuse; more call sites than a thread has
 * cells; snapshots taken meanwhile.
 */
#define _GNU_SOURCE
#include "unit.h"

#include "account/snapshot.h"
#include "alloc/thread.h"
#include "base/config.h"
#include "crew.h"

static int begin(void **state)
{
    (void)state;
    crew_begin(3000);
    witness_begin();
    return 0;
}

static void a_crew_of_eight_is_counted_exactly(void **state)
{
    (void)state;
    for (uint32_t round = 0; round < 5; round++) {
        crew_run(round);
        crew_check();
    }
    crew_end();
    crew_check();
    trackmem_trim();
    assert_no_misuse();
    assert_nothing_alive();
    assert_int_equal(tmi_thread_kept_bytes(), 0);
}

/* Many sites by one function. */
#define SITES (TMI_CELLS * 3 + 17)
static struct trackmem_site *sites[SITES];
static struct trackmem_domain *site_domains[4];
static bool stop; /* atomic */
static uint64_t snapshots;

static void make_sites(void)
{
    static const char *const names[] = { "q0", "q1", "q2", "q3" };
    if (sites[0] != NULL)
        return;
    for (unsigned i = 0; i < SITES; i++)
        sites[i] = trackmem_site_at("many.c", i + 1, "many", NULL);
    for (size_t i = 0; i < 4; i++)
        site_domains[i] = trackmem_domain_create(NULL, names[i]);
}

static uint64_t work_done[CREW_THREADS];

static void *work_at_many_sites(void *argument)
{
    size_t index = (size_t)(uintptr_t)argument;
    uint32_t seed = (uint32_t)index + 1;
    void *blocks[64] = { NULL };
    for (int i = 0; i < 8000; i++) {
        size_t slot = crew_random(&seed) % 64;
        size_t site = crew_random(&seed) % SITES;
        if (blocks[slot] != NULL)
            trackmem_free_at(sites[site], blocks[slot]);
        blocks[slot] = trackmem_malloc_in_at(sites[site], site_domains[site % 4], site % 700);
        work_done[index]++;
    }
    for (size_t i = 0; i < 64; i++)
        trackmem_free(blocks[i]);
    return NULL;
}

static bool look_at_site(const struct trackmem_site_stats *site, void *user)
{
    uint64_t *sum = user;
    if (site->live_bytes > (uint64_t)1 << 40) /* a difference that went below 0 */
        abort();
    *sum += site->total_blocks;
    return true;
}

static void *take_snapshots(void *unused)
{
    (void)unused;
    while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
        uint64_t sum = 0;
        struct trackmem_stats stats;
        trackmem_visit_sites(look_at_site, &sum);
        (void)trackmem_domain_stats(NULL, true, &stats);
        snapshots++;
    }
    return NULL;
}

static void more_sites_than_cells_are_counted_exactly_while_others_look(void **state)
{
    pthread_t threads[CREW_THREADS];
    pthread_t observer;
    uint64_t total = 0;
    uint64_t before;
    uint64_t after = 0;
    uint64_t done = 0;
    (void)state;
    make_sites();
    for (size_t i = 0; i < 4; i++)
        total += stats_of(site_domains[i], false).total_blocks;
    before = total;
    pthread_create(&observer, NULL, take_snapshots, NULL);
    for (uintptr_t i = 0; i < CREW_THREADS; i++)
        pthread_create(&threads[i], NULL, work_at_many_sites, (void *)i);
    for (size_t i = 0; i < CREW_THREADS; i++) {
        pthread_join(threads[i], NULL);
        done += work_done[i];
    }
    __atomic_store_n(&stop, true, __ATOMIC_RELAXED);
    pthread_join(observer, NULL);
    for (size_t i = 0; i < 4; i++) {
        struct trackmem_stats stats = stats_of(site_domains[i], false);
        assert_int_equal(stats.live_blocks, 0);
        assert_int_equal(stats.live_bytes, 0);
        after += stats.total_blocks;
    }
    assert_int_equal(after - before, done);
    assert_true(snapshots > 0);
    assert_no_misuse();
    assert_nothing_alive();
}

struct site_sum {
    uint64_t sites;
    uint64_t blocks;
    uint64_t bytes;
};

static bool sum_many(const struct trackmem_site_stats *site, void *user)
{
    struct site_sum *sum = user;
    if (site->place.file != NULL && strcmp(site->place.file, "many.c") == 0 &&
        trackmem_domain_same(site->domain, NULL)) {
        assert_int_equal(site->live_blocks, 2);
        assert_int_equal(site->live_bytes, 2 * (site->place.line % 700));
        sum->sites++;
        sum->blocks += site->live_blocks;
    }
    return true;
}

static void each_of_many_sites_has_its_own_count(void **state)
{
    static void *blocks[2][SITES];
    struct site_sum sum = { 0, 0, 0 };
    (void)state;
    make_sites();
    for (size_t round = 0; round < 2; round++)
        for (unsigned i = 0; i < SITES; i++)
            blocks[round][i] = trackmem_malloc_at(sites[i], (i + 1) % 700);
    trackmem_visit_sites(sum_many, &sum);
    assert_int_equal(sum.sites, SITES);
    assert_int_equal(sum.blocks, 2 * SITES);
    for (size_t round = 0; round < 2; round++)
        for (size_t i = 0; i < SITES; i++)
            trackmem_free(blocks[round][i]);
    assert_nothing_alive();
}

static void equal_places_are_one_site(void **state)
{
    char file[] = "copied.c";
    struct trackmem_site *site = trackmem_site_at(file, 7, "f", NULL);
    (void)state;
    assert_ptr_equal(site, trackmem_site_at("copied.c", 7, "f", NULL));
    assert_ptr_not_equal(site, trackmem_site_at("copied.c", 8, "f", NULL));
    assert_ptr_not_equal(site, trackmem_site_at("copied.c", 7, "g", NULL));
    assert_ptr_not_equal(site, trackmem_site_at("other.c", 7, "f", NULL));
    assert_ptr_not_equal(site, trackmem_site_at("copied.c", 7, "f", &crew_left));
    assert_ptr_not_equal(site, trackmem_site_at("copied.c", 7, NULL, NULL));
    assert_non_null(trackmem_site_at(NULL, 0, NULL, NULL));
    assert_ptr_equal(trackmem_site_at(NULL, 0, NULL, NULL), trackmem_site_at(NULL, 0, NULL, NULL));
    file[0] = 'X';
    assert_string_equal(site->file, "copied.c");
    trackmem_free(trackmem_malloc_at(site, 10));
    trackmem_free(trackmem_malloc_at(trackmem_site_at(NULL, 0, NULL, NULL), 10));
    /* As compilers without statement expressions write each call. */
    trackmem_free_at(
        trackmem_site_at(__FILE__, __LINE__, __func__, NULL),
        trackmem_malloc_at(trackmem_site_at(__FILE__, __LINE__, __func__, &crew_left), 10));
    assert_int_equal(stats_of(&crew_left, false).size_class[3] > 0, 1);
}

static bool inlined_once(const struct trackmem_site_stats *site, void *user)
{
    if (site->place.function != NULL && strcmp(site->place.function, "twice_in_a_row") == 0)
        ++*(int *)user;
    return true;
}

static void twice_in_a_row(void)
{
    void *a = trackmem_malloc(1), *b = trackmem_malloc(2); /* one line, one site */
    trackmem_free(a);
    trackmem_free(b);
}

static void calls_on_one_line_are_one_site(void **state)
{
    int count = 0;
    (void)state;
    twice_in_a_row();
    trackmem_visit_sites(inlined_once, &count);
    assert_int_equal(count, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_crew_of_eight_is_counted_exactly),
        cmocka_unit_test(more_sites_than_cells_are_counted_exactly_while_others_look),
        cmocka_unit_test(each_of_many_sites_has_its_own_count),
        cmocka_unit_test(equal_places_are_one_site),
        cmocka_unit_test(calls_on_one_line_are_one_site),
    };
    return cmocka_run_group_tests(tests, begin, NULL);
}
