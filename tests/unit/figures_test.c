/*
 * The figures of domains: alone and with descendants, histogram, peaks, visits.
 */
#include "unit.h"

#include <trackmem/trackmem.h>

#include "base/config.h"
#include "witness.h"

static int begin(void **state)
{
    (void)state;
    witness_begin();
    return 0;
}

static int end(void **state)
{
    (void)state;
    assert_null(trackmem_domain_current());
    assert_nothing_alive();
    return 0;
}

static TRACKMEM_DEFINE_DOMAIN(tree, "tree", NULL);
static TRACKMEM_DEFINE_DOMAIN(branch, "branch", &tree);
static TRACKMEM_DEFINE_DOMAIN(leaf, "leaf", &branch);

static void statistics_are_alone_or_with_descendants(void **state)
{
    struct trackmem_stats before = stats_of(&tree, true);
    struct trackmem_stats alone;
    struct trackmem_stats all;
    void *a = trackmem_malloc_in(&tree, 1000);
    void *b = trackmem_malloc_in(&branch, 200);
    void *c = trackmem_malloc_in(&leaf, 30);
    (void)state;
    alone = stats_of(&tree, false);
    all = stats_of(&tree, true);
    assert_int_equal(alone.live_bytes, 1000);
    assert_int_equal(alone.live_blocks, 1);
    assert_int_equal(alone.overhead_bytes, 16);
    assert_int_equal(all.live_bytes, 1230);
    assert_int_equal(all.live_blocks, 3);
    assert_int_equal(all.overhead_bytes, 48);
    assert_int_equal(all.total_bytes - before.total_bytes, 1230);
    assert_int_equal(all.total_blocks - before.total_blocks, 3);
    assert_int_equal(alone.peak_bytes, all.peak_bytes);
    assert_int_equal(stats_of(&branch, true).live_bytes, 230);
    assert_int_equal(stats_of(NULL, true).live_bytes, 1230);
    assert_int_equal(stats_of(NULL, false).live_bytes, 0);
    assert_int_equal(trackmem_domain_stats(&tree, true, NULL), TRACKMEM_INVALID);
    trackmem_free(a);
    trackmem_free(b);
    trackmem_free(c);
}

static uint64_t sum_of_classes(const struct trackmem_stats *stats)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < TRACKMEM_SIZE_CLASSES; i++)
        sum += stats->size_class[i];
    return sum;
}

static bool classes_add_up(struct trackmem_domain *domain, const char *path,
                           const struct trackmem_stats *alone, const struct trackmem_stats *all,
                           void *user)
{
    (void)domain;
    (void)path;
    assert_int_equal(sum_of_classes(alone), alone->total_blocks);
    assert_int_equal(sum_of_classes(all), all->total_blocks);
    ++*(size_t *)user;
    return true;
}

static void the_histogram_counts_every_block_in_its_class(void **state)
{
    struct trackmem_domain *domain = trackmem_domain_create(NULL, "histogram");
    struct trackmem_stats stats;
    size_t domains = 0;
    (void)state;
    trackmem_free(trackmem_malloc_in(domain, 0));
    trackmem_free(trackmem_malloc_in(domain, 1));
    for (unsigned k = 1; k <= 20; k++) {
        trackmem_free(trackmem_malloc_in(domain, (size_t)1 << k));
        trackmem_free(trackmem_malloc_in(domain, ((size_t)1 << k) + 1));
        trackmem_free(trackmem_malloc_in(domain, ((size_t)2 << k) - 1));
    }
    stats = stats_of(domain, false);
    assert_int_equal(stats.size_class[0], 2);
    for (unsigned k = 1; k <= 20; k++)
        assert_int_equal(stats.size_class[k], 3);
    assert_int_equal(stats.total_blocks, 62);
    trackmem_visit_domains(classes_add_up, &domains);
    assert_true(domains >= 5);
    assert_int_equal(trackmem_domain_destroy(domain), TRACKMEM_OK);
}

static void the_peak_of_one_thread_in_one_domain_is_exact(void **state)
{
    struct trackmem_domain *domain = trackmem_domain_create(NULL, "alpine");
    void *blocks[400] = { NULL };
    size_t live = 0;
    size_t peak = 0;
    uint32_t random = 7;
    (void)state;
    for (int i = 0; i < 20000; i++) {
        size_t slot;
        size_t size;
        random = random * 1664525u + 1013904223u;
        slot = (random >> 8) % 400;
        size = (random >> 4) % 5 == 0 ? (random >> 8) % 100000 : (random >> 8) % 300;
        if (blocks[slot] != NULL) {
            live -= trackmem_size(blocks[slot]) + 16;
            trackmem_free(blocks[slot]);
            blocks[slot] = NULL;
        } else {
            blocks[slot] = trackmem_malloc_in(domain, size);
            live += size + 16;
        }
        peak = live > peak ? live : peak;
        if (i % 256 == 0) {
            struct trackmem_stats stats = stats_of(domain, true);
            assert_int_equal(stats.peak_bytes, peak);
            assert_int_equal(stats.peak_slack_bytes, 0);
            assert_int_equal(stats.live_bytes + stats.overhead_bytes, live);
        }
    }
    for (size_t i = 0; i < 400; i++)
        trackmem_free(blocks[i]);
    assert_int_equal(stats_of(domain, true).peak_bytes, peak);
    assert_int_equal(trackmem_domain_destroy(domain), TRACKMEM_OK);
}

static void resizing_in_place_does_not_count_the_block_twice_in_the_peak(void **state)
{
    enum { UNIT = TMI_SMALL ? 65536 : 1 << 20 };
    struct trackmem_domain *domain = trackmem_domain_create(NULL, "stretch");
    char *block = trackmem_malloc_in(domain, 10 * UNIT);
    struct trackmem_stats stats;
    (void)state;
    block = trackmem_realloc(block, 11 * UNIT);
    stats = stats_of(domain, false);
    assert_int_equal(stats.peak_slack_bytes, 0);
    assert_int_equal(stats.peak_bytes, 11 * UNIT + 16);
    trackmem_free(block);
    assert_int_equal(trackmem_domain_destroy(domain), TRACKMEM_OK);
}

struct walk {
    size_t count;
    size_t stop_after;
    bool seen_tree;
    bool seen_branch;
    bool seen_leaf;
};

static bool walk_domain(struct trackmem_domain *domain, const char *path,
                        const struct trackmem_stats *alone, const struct trackmem_stats *all,
                        void *user)
{
    struct walk *walk = user;
    (void)alone;
    (void)all;
    if (walk->count++ == 0) {
        assert_string_equal(path, "");
        assert_true(trackmem_domain_same(domain, NULL));
    }
    assert_true(trackmem_domain_same(trackmem_domain_find(path), domain));
    if (strcmp(path, "tree") == 0)
        walk->seen_tree = true;
    if (strcmp(path, "tree/branch") == 0) {
        assert_true(walk->seen_tree);
        walk->seen_branch = true;
    }
    if (strcmp(path, "tree/branch/leaf") == 0) {
        assert_true(walk->seen_branch);
        walk->seen_leaf = true;
    }
    return walk->count != walk->stop_after;
}

static void visits_see_parents_before_children_and_stop_when_told(void **state)
{
    struct walk walk = { 0 };
    struct walk short_walk = { .stop_after = 2 };
    (void)state;
    trackmem_visit_domains(walk_domain, &walk);
    assert_true(walk.seen_leaf);
    trackmem_visit_domains(walk_domain, &short_walk);
    assert_int_equal(short_walk.count, 2);
}

static bool allocate_in_visit(struct trackmem_domain *domain, const char *path,
                              const struct trackmem_stats *alone, const struct trackmem_stats *all,
                              void *user)
{
    (void)path;
    (void)alone;
    (void)all;
    (void)user;
    trackmem_free(trackmem_malloc_in(domain, 10));
    return trackmem_domain_find("new in visit") != NULL ||
           trackmem_domain_create(NULL, "new in visit") != NULL;
}

static void a_visitor_may_allocate_and_create_domains(void **state)
{
    (void)state;
    trackmem_visit_domains(allocate_in_visit, NULL);
    assert_int_equal(trackmem_domain_destroy(trackmem_domain_find("new in visit")), TRACKMEM_OK);
}

static void deep_trees_are_charged_to_the_top(void **state)
{
    enum { DEPTH = TMI_SMALL ? 12 : 60 }; /* firmware has less memory */
    struct trackmem_domain *chain[DEPTH];
    void *block;
    (void)state;
    for (size_t i = 0; i < DEPTH; i++)
        chain[i] = trackmem_domain_create(i == 0 ? NULL : chain[i - 1], i == 0 ? "deep" : "x");
    block = trackmem_malloc_in(chain[DEPTH - 1], 50000);
    for (size_t i = 0; i < DEPTH; i++) {
        struct trackmem_stats all = stats_of(chain[i], true);
        assert_int_equal(all.live_bytes, 50000);
        assert_int_equal(all.peak_bytes, 50016);
    }
    trackmem_free(block);
    for (size_t i = DEPTH; i-- > 0;)
        assert_int_equal(trackmem_domain_destroy(chain[i]), TRACKMEM_OK);
    assert_no_misuse();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(statistics_are_alone_or_with_descendants),
        TEST(the_histogram_counts_every_block_in_its_class),
        TEST(the_peak_of_one_thread_in_one_domain_is_exact),
        TEST(resizing_in_place_does_not_count_the_block_twice_in_the_peak),
        TEST(visits_see_parents_before_children_and_stop_when_told),
        TEST(a_visitor_may_allocate_and_create_domains),
        TEST(deep_trees_are_charged_to_the_top),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
