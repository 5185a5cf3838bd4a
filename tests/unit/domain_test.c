/*
 * trackmem/domain.h: the tree of owners, whom a call charges, and what each of them holds.
 */
#include "unit.h"

#include <trackmem/trackmem.h>

#include "domain_files.h"
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

/* Joining the tree. */

static struct trackmem_domain unused = { "unused", NULL, 0, TRACKMEM_LAYOUT_VERSION };
static TRACKMEM_DEFINE_DOMAIN(tree, "tree", NULL);
static TRACKMEM_DEFINE_DOMAIN(branch, "branch", &tree);
static TRACKMEM_DEFINE_DOMAIN(leaf, "leaf", &branch);
static TRACKMEM_DEFINE_DOMAIN(same_leaf, "leaf", &branch);
static TRACKMEM_DEFINE_DOMAIN(other_leaf, "leaf", &tree);

static void static_domains_join_the_tree_on_first_use(void **state)
{
    void *block;
    (void)state;
    assert_null(trackmem_domain_find("tree"));
    assert_null(trackmem_domain_find("tree/branch/leaf"));
    block = trackmem_malloc_in(&leaf, 10);
    assert_true(trackmem_domain_same(trackmem_domain_find("tree/branch/leaf"), &leaf));
    assert_true(trackmem_domain_same(trackmem_domain_find("tree/branch"), &branch));
    assert_true(trackmem_domain_same(trackmem_domain_find("tree"), &tree));
    assert_null(trackmem_domain_find("branch"));
    assert_null(trackmem_domain_find("tree/bran"));
    assert_null(trackmem_domain_find("tree/branch/leaf/x"));
    assert_null(trackmem_domain_find("unused"));
    assert_int_equal(unused.id, 0);
    trackmem_free(block);
}

static void equal_name_and_parent_is_the_same_domain(void **state)
{
    struct trackmem_domain *created = trackmem_domain_create(&branch, "leaf");
    (void)state;
    assert_true(trackmem_domain_same(&leaf, &same_leaf));
    assert_true(trackmem_domain_same(&leaf, created));
    assert_false(trackmem_domain_same(&leaf, &other_leaf));
    assert_false(trackmem_domain_same(&leaf, &branch));
    assert_false(trackmem_domain_same(&leaf, NULL));
    assert_true(trackmem_domain_same(NULL, NULL));
    assert_true(trackmem_domain_same(NULL, trackmem_domain_find("")));
    assert_string_equal(created->name, "leaf");
    assert_int_equal(trackmem_domain_destroy(created), TRACKMEM_BUSY); /* leaf, same_leaf */
}

static void names_are_copied_and_bad_ones_refused(void **state)
{
    char name[] = "volatile name";
    struct trackmem_domain *domain = trackmem_domain_create(NULL, name);
    (void)state;
    assert_non_null(domain);
    name[0] = 'X';
    assert_string_equal(domain->name, "volatile name");
    assert_true(trackmem_domain_same(domain, trackmem_domain_find("volatile name")));
    assert_null(trackmem_domain_create(NULL, NULL));
    assert_null(trackmem_domain_create(NULL, ""));
    assert_null(trackmem_domain_create(NULL, "a/b"));
    assert_null(trackmem_domain_create(NULL, "/"));
    assert_int_equal(trackmem_domain_destroy(domain), TRACKMEM_OK);
}

/* Ending. */

static void a_domain_ends_with_its_last_reference(void **state)
{
    struct trackmem_domain *one = trackmem_domain_create(NULL, "counted");
    struct trackmem_domain *two = trackmem_domain_create(NULL, "counted");
    void *block;
    (void)state;
    assert_ptr_equal(one, two);
    assert_int_equal((trackmem_domain_destroy)(one), TRACKMEM_BUSY);
    block = trackmem_malloc_in(two, 5);
    assert_no_misuse();
    trackmem_free(block);
    assert_int_equal(trackmem_domain_destroy_at(TRACKMEM_SITE, two), TRACKMEM_OK);
    assert_int_equal(trackmem_domain_destroy(two), TRACKMEM_INVALID);
    assert_int_equal(trackmem_domain_destroy(NULL), TRACKMEM_OK);
    assert_int_equal(trackmem_domain_destroy(trackmem_domain_find("")), TRACKMEM_INVALID);
    assert_no_misuse();
}

static void a_domain_with_living_children_is_busy(void **state)
{
    struct trackmem_domain *parent = trackmem_domain_create(NULL, "mother");
    struct trackmem_domain *child = trackmem_domain_create(parent, "daughter");
    (void)state;
    assert_int_equal(trackmem_domain_destroy(parent), TRACKMEM_BUSY);
    assert_int_equal(trackmem_domain_destroy(parent), TRACKMEM_BUSY);
    trackmem_free(trackmem_malloc_in(parent, 5));
    assert_no_misuse();
    assert_int_equal(trackmem_domain_destroy(child), TRACKMEM_OK);
    assert_int_equal(trackmem_domain_destroy(parent), TRACKMEM_OK);
}

static void blocks_alive_at_the_end_are_reported_and_stay_valid(void **state)
{
    struct trackmem_domain *domain = trackmem_domain_create(NULL, "leaky");
    char *a = trackmem_malloc_in(domain, 100);
    char *b = trackmem_aligned_alloc_in(domain, 256, 200);
    unsigned line = __LINE__ + 3;
    (void)state;
    fill(a, 100, 1);
    assert_int_equal(trackmem_domain_destroy(domain), TRACKMEM_OK);
    assert_misuse(TRACKMEM_MISUSE_DOMAIN_LEAK);
    assert_string_equal(witness.id, "domain-leak");
    assert_string_equal(witness.verb, "trackmem_domain_destroy");
    assert_int_equal(witness.last.here.line, line);
    assert_ptr_equal(witness.last.domain, domain);
    assert_non_null(strstr(witness.text, "2 blocks"));
    assert_non_null(strstr(witness.text, __func__));
    assert_int_equal(live_bytes(domain), 300);
    assert_true(is_filled(a, 100, 1));
    a = trackmem_realloc(a, 5000);
    assert_true(is_filled(a, 100, 1));
    trackmem_free(a);
    trackmem_aligned_free(b);
    assert_int_equal(witness.count, 1);
    assert_int_equal(live_blocks(domain), 0);
    assert_int_equal(stats_of(domain, false).total_blocks, 3);
}

static void charging_after_the_end_is_reported_once_and_charges_the_parent(void **state)
{
    struct trackmem_domain *parent = trackmem_domain_create(NULL, "heir");
    struct trackmem_domain *domain = trackmem_domain_create(parent, "late");
    void *blocks[4];
    (void)state;
    assert_int_equal(trackmem_domain_destroy(domain), TRACKMEM_OK);
    assert_no_misuse();
    blocks[0] = trackmem_malloc_in(domain, 10);
    assert_misuse(TRACKMEM_MISUSE_DESTROYED_DOMAIN);
    assert_string_equal(witness.id, "destroyed-domain");
    assert_ptr_equal(witness.last.domain, domain);
    assert_string_equal(witness.here_function, __func__);
    blocks[1] = trackmem_calloc_in(domain, 1, 20);
    assert_int_equal(trackmem_domain_push(domain), TRACKMEM_OK);
    blocks[2] = trackmem_malloc(40);
    assert_int_equal(trackmem_domain_pop(), TRACKMEM_OK);
    blocks[3] = trackmem_malloc(80);
    assert_int_equal(trackmem_transfer(blocks[3], domain), TRACKMEM_OK);
    assert_int_equal(witness.count, 1);
    assert_int_equal(live_bytes(domain), 0);
    assert_int_equal(stats_of(parent, false).live_bytes, 150);
    for (size_t i = 0; i < 4; i++)
        trackmem_free(blocks[i]);
    assert_int_equal(trackmem_domain_destroy(parent), TRACKMEM_OK);
    blocks[0] = trackmem_malloc_in(domain, 10); /* the parent's end is told as well */
    assert_int_equal(witness.count, 2);
    assert_ptr_equal(witness.last.domain, parent);
    assert_true(trackmem_domain_same(trackmem_domain_of(blocks[0]), NULL));
    trackmem_free(blocks[0]);
}

static void the_transfer_to_an_ended_domain_alone_is_reported(void **state)
{
    struct trackmem_domain *domain = trackmem_domain_create(NULL, "late target");
    void *block = trackmem_malloc(10);
    (void)state;
    assert_int_equal(trackmem_domain_destroy(domain), TRACKMEM_OK);
    assert_int_equal(trackmem_transfer(block, domain), TRACKMEM_OK);
    assert_misuse(TRACKMEM_MISUSE_DESTROYED_DOMAIN);
    assert_string_equal(witness.verb, "trackmem_transfer");
    trackmem_free(block);
}

static void sites_whose_default_domain_ended_charge_its_parent(void **state)
{
    void *blocks[20];
    (void)state;
    for (size_t i = 0; i < 20; i++) {
        if (i == 10) { /* by now the call site has the account of its domain */
            for (size_t j = 0; j < 10; j++)
                trackmem_free(blocks[j]);
            assert_int_equal(trackmem_domain_destroy(&second_file_domain), TRACKMEM_OK);
            assert_no_misuse();
        }
        blocks[i] = second_file_malloc(10);
    }
    assert_misuse(TRACKMEM_MISUSE_DESTROYED_DOMAIN);
    assert_int_equal(live_bytes(&second_file_domain), 0);
    assert_int_equal(live_bytes(NULL), 100);
    for (size_t i = 10; i < 20; i++)
        trackmem_free(blocks[i]);
}

static void a_domain_created_again_lives_and_may_end_again(void **state)
{
    struct trackmem_domain *first = trackmem_domain_create(NULL, "phoenix");
    struct trackmem_domain *second;
    (void)state;
    assert_int_equal(trackmem_domain_destroy(first), TRACKMEM_OK);
    trackmem_free(trackmem_malloc_in(first, 1));
    assert_misuse(TRACKMEM_MISUSE_DESTROYED_DOMAIN);
    second = trackmem_domain_create(NULL, "phoenix");
    assert_ptr_equal(first, second);
    trackmem_free(trackmem_malloc_in(second, 1));
    assert_int_equal(witness.count, 1);
    assert_int_equal(stats_of(second, false).total_blocks, 1);
    assert_int_equal(trackmem_domain_destroy(second), TRACKMEM_OK);
    trackmem_free(trackmem_malloc_in(second, 1));
    assert_int_equal(witness.count, 2);
}

/* Who is charged. */

static void pushed_domains_nest_to_a_limit(void **state)
{
    (void)state;
    assert_null(trackmem_domain_current());
    assert_int_equal(trackmem_domain_pop(), TRACKMEM_INVALID);
    for (int i = 0; i < 16; i++) {
        assert_int_equal(trackmem_domain_push(i % 2 ? &leaf : &tree), TRACKMEM_OK);
        assert_true(trackmem_domain_same(trackmem_domain_current(), i % 2 ? &leaf : &tree));
    }
    assert_int_equal(trackmem_domain_push(&branch), TRACKMEM_BUSY);
    assert_true(trackmem_domain_same(trackmem_domain_current(), &leaf));
    for (int i = 16; i-- > 0;) {
        void *block = trackmem_malloc(10);
        assert_true(trackmem_domain_same(trackmem_domain_of(block), i % 2 ? &leaf : &tree));
        trackmem_free(block);
        assert_int_equal(trackmem_domain_pop(), TRACKMEM_OK);
    }
    assert_int_equal(trackmem_domain_pop(), TRACKMEM_INVALID);
}

static void the_process_may_be_pushed(void **state)
{
    void *block;
    (void)state;
    assert_int_equal(trackmem_domain_push(&tree), TRACKMEM_OK);
    assert_int_equal(trackmem_domain_push(NULL), TRACKMEM_OK);
    block = trackmem_malloc(10);
    assert_true(trackmem_domain_same(trackmem_domain_of(block), NULL));
    assert_int_equal(trackmem_domain_pop(), TRACKMEM_OK);
    assert_int_equal(trackmem_domain_pop(), TRACKMEM_OK);
    trackmem_free(block);
}

static void the_default_domain_is_that_of_the_file(void **state)
{
    void *here = trackmem_malloc(10);
    void *first = first_file_malloc(20);
    void *hidden = static_file_malloc(30);
    (void)state;
    assert_true(trackmem_domain_same(trackmem_domain_of(here), NULL));
    assert_true(trackmem_domain_same(trackmem_domain_of(first), &first_file_domain));
    assert_int_equal(live_bytes(&first_file_domain), 20);
    assert_int_equal(live_bytes(trackmem_domain_find("static file")), 30);
    trackmem_free(hidden);
    trackmem_free(here);
    trackmem_free(first);
}

static void named_domains_go_before_pushed_and_pushed_before_the_file_s(void **state)
{
    void *blocks[4];
    (void)state;
    /* Several times, so that the call site has cached its account. */
    for (int round = 0; round < 3; round++) {
        blocks[0] = first_file_malloc(1);
        assert_int_equal(trackmem_domain_push(&tree), TRACKMEM_OK);
        blocks[1] = first_file_malloc(1);
        blocks[2] = first_file_malloc_in(&leaf, 1);
        assert_int_equal(trackmem_domain_pop(), TRACKMEM_OK);
        blocks[3] = first_file_malloc(1);
        assert_true(trackmem_domain_same(trackmem_domain_of(blocks[0]), &first_file_domain));
        assert_true(trackmem_domain_same(trackmem_domain_of(blocks[1]), &tree));
        assert_true(trackmem_domain_same(trackmem_domain_of(blocks[2]), &leaf));
        assert_true(trackmem_domain_same(trackmem_domain_of(blocks[3]), &first_file_domain));
        for (size_t i = 0; i < 4; i++)
            trackmem_free(blocks[i]);
    }
}

/* Transfer. */

struct count {
    const char *function;
    struct trackmem_domain *domain;
    uint64_t blocks;
};

static bool count_site(const struct trackmem_site_stats *site, void *user)
{
    struct count *count = user;
    if (trackmem_domain_same(site->domain, count->domain) && site->place.function != NULL &&
        strcmp(site->place.function, count->function) == 0)
        count->blocks += site->live_blocks;
    return true;
}

static void transfer_moves_the_charge_and_leaves_the_site(void **state)
{
    static const size_t sizes[] = { 0, 10, 2000, 100000, 2000000 };
    (void)state;
    for (size_t i = 0; i < 5; i++) {
        size_t size = sizes[i];
        char *plain = trackmem_malloc_in(&tree, size);
        char *aligned = trackmem_aligned_alloc_in(&tree, 512, size);
        struct count count = { __func__, &leaf, 0 };
        fill(plain, size, 3);
        assert_int_equal(trackmem_transfer(plain, &leaf), TRACKMEM_OK);
        assert_int_equal((trackmem_transfer)(aligned, &leaf), TRACKMEM_OK);
        assert_int_equal(stats_of(&tree, false).live_blocks, 0);
        assert_int_equal(stats_of(&tree, false).overhead_bytes, 0);
        assert_int_equal(stats_of(&leaf, false).live_blocks, 2);
        assert_int_equal(stats_of(&leaf, false).live_bytes, 2 * size);
        assert_int_equal(stats_of(&leaf, false).overhead_bytes, 16 + aligned_overhead(512, size));
        trackmem_visit_sites(count_site, &count);
        assert_int_equal(count.blocks, 2);
        assert_true(trackmem_domain_same(trackmem_domain_of(plain), &leaf));
        assert_true(is_filled(plain, size, 3));
        assert_int_equal(trackmem_transfer_at(TRACKMEM_SITE, plain, NULL), TRACKMEM_OK);
        assert_true(trackmem_domain_same(trackmem_domain_of(plain), NULL));
        assert_int_equal(trackmem_transfer(plain, NULL), TRACKMEM_OK); /* to itself */
        trackmem_free(plain);
        trackmem_aligned_free(aligned);
        assert_int_equal(live_blocks(NULL), 0);
    }
    assert_no_misuse();
}

static void transfer_of_no_block_is_refused(void **state)
{
    static _Alignas(16) char ours[64];
    (void)state;
    assert_int_equal(trackmem_transfer(NULL, &leaf), TRACKMEM_INVALID);
    assert_no_misuse();
    assert_int_equal(trackmem_transfer(hidden(&ours[32]), &leaf), TRACKMEM_NOT_OURS);
    assert_misuse(TRACKMEM_MISUSE_FOREIGN_POINTER);
    assert_string_equal(witness.verb, "trackmem_transfer");
}

static void transfer_does_not_raise_the_peak_of_a_common_ancestor(void **state)
{
    struct trackmem_domain *top = trackmem_domain_create(NULL, "top");
    struct trackmem_domain *left = trackmem_domain_create(top, "left");
    struct trackmem_domain *right = trackmem_domain_create(top, "right");
    void *block = trackmem_malloc_in(left, 1 << 20);
    struct trackmem_stats stats;
    (void)state;
    for (int i = 0; i < 4; i++)
        assert_int_equal(trackmem_transfer(block, i % 2 ? left : right), TRACKMEM_OK);
    stats = stats_of(top, true);
    assert_in_range(stats.peak_bytes, (1 << 20) + 16, (1 << 20) + 16 + stats.peak_slack_bytes);
    assert_true(stats.peak_slack_bytes < 1 << 20);
    trackmem_free(block);
    assert_int_equal(trackmem_domain_destroy(left), TRACKMEM_OK);
    assert_int_equal(trackmem_domain_destroy(right), TRACKMEM_OK);
    assert_int_equal(trackmem_domain_destroy(top), TRACKMEM_OK);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(static_domains_join_the_tree_on_first_use),
        TEST(equal_name_and_parent_is_the_same_domain),
        TEST(names_are_copied_and_bad_ones_refused),
        TEST(a_domain_ends_with_its_last_reference),
        TEST(a_domain_with_living_children_is_busy),
        TEST(pushed_domains_nest_to_a_limit),
        TEST(the_process_may_be_pushed),
        TEST(the_default_domain_is_that_of_the_file),
        TEST(named_domains_go_before_pushed_and_pushed_before_the_file_s),
        TEST(transfer_moves_the_charge_and_leaves_the_site),
        TEST(transfer_of_no_block_is_refused),
        TEST(transfer_does_not_raise_the_peak_of_a_common_ancestor),
        /* Last: from now on hot paths know that domains may have ended. */
        TEST(blocks_alive_at_the_end_are_reported_and_stay_valid),
        TEST(charging_after_the_end_is_reported_once_and_charges_the_parent),
        TEST(the_transfer_to_an_ended_domain_alone_is_reported),
        TEST(sites_whose_default_domain_ended_charge_its_parent),
        TEST(a_domain_created_again_lives_and_may_end_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
