/*
 * Our own bookkeeping runs out: each mapping that trackmem asks of the system fails, one after the
 * other and from each on, in a fresh process, while a scenario goes through all that makes it map:
 * the start, threads, sites, domains, the tables of large blocks, snapshots. Nothing may crash, no
 * block may be lost or damaged, and in the end nothing is charged.
 *
 * Linked with --wrap=tmi_platform_map.
 */
#define _GNU_SOURCE
#include "../unit/unit.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <trackmem/text.h>
#include <trackmem/trackmem_test.h>

#include "platform/platform.h"

#define THREADS 3
#define LARGE   400

static TRACKMEM_DEFINE_DOMAIN(mill, "mill", NULL);
static TRACKMEM_DEFINE_DOMAIN(stone, "stone", &mill);

/* What one run is to do, and did: shared with it. */
static struct run {
    unsigned long fail_at; /* the number of the mapping, from 1; 0: none */
    bool all_further;
    unsigned long mapped; /* how often it was asked; atomic */
    unsigned long failed;
    unsigned long served; /* blocks */
    char wrong[160];      /* what went wrong */
} * run;

void *__real_tmi_platform_map(size_t size);
void *__wrap_tmi_platform_map(size_t size);

void *__wrap_tmi_platform_map(size_t size)
{
    unsigned long number = run != NULL ? __atomic_add_fetch(&run->mapped, 1, __ATOMIC_SEQ_CST) : 0;

    if (run != NULL && run->fail_at != 0 &&
        (number == run->fail_at || (run->all_further && number > run->fail_at))) {
        __atomic_add_fetch(&run->failed, 1, __ATOMIC_SEQ_CST);
        return NULL;
    }
    return __real_tmi_platform_map(size);
}

static void check(bool well, const char *what, int line)
{
    if (!well && run->wrong[0] == '\0')
        snprintf(run->wrong, sizeof run->wrong, "line %d: %s", line, what);
}

#define CHECK(condition) check(condition, #condition, __LINE__)

static void *fill(void *block, size_t size)
{
    if (block != NULL) {
        memset(block, (int)(size & 0x7f), size);
        __atomic_add_fetch(&run->served, 1, __ATOMIC_RELAXED);
    }
    return block;
}

static bool is_filled(const unsigned char *block, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (block[i] != (size & 0x7f))
            return false;
    return true;
}

/* A block of every make, resized, transferred and given back. */
static void use_verbs(void)
{
    void *block = fill(trackmem_malloc_in(&stone, 100), 100);
    void *aligned = fill(trackmem_aligned_alloc(4096, 5000), 5000);
    void *adopted = fill(trackmem_libc_malloc(50), 50);
    char *text = trackmem_strdup("a text");
    void *larger;
    if (block != NULL) {
        CHECK(trackmem_size(block) == 100);
        larger = trackmem_realloc(block, 200000);
        CHECK(is_filled(larger != NULL ? larger : block, 100));
        block = larger != NULL ? larger : block;
        CHECK(trackmem_transfer(block, &mill) != TRACKMEM_NOT_OURS);
        CHECK(trackmem_domain_of(block) != NULL);
    }
    if (adopted != NULL && trackmem_adopt(adopted, 50) == TRACKMEM_OK)
        trackmem_free(adopted);
    else
        trackmem_libc_free(adopted);
    if (aligned != NULL)
        CHECK(is_filled(aligned, 5000));
    trackmem_aligned_free(aligned);
    trackmem_free(block);
    trackmem_free(text);
}

/* More sites and domains than one chunk of our memory holds. */
static void use_many_names(void)
{
    char name[64];
    for (unsigned i = 0; i < 300; i++) {
        struct trackmem_domain *domain;
        void *block;
        snprintf(name, sizeof name, "a name of some length, number %u", i);
        domain = i % 3 == 0 ? trackmem_domain_create(&mill, name) : NULL;
        block = fill(trackmem_malloc_in_at(trackmem_site_at(name, i, "function", NULL),
                                           domain != NULL ? domain : &stone, 20),
                     20);
        if (block != NULL)
            CHECK(is_filled(block, 20));
        trackmem_free(block);
        if (domain != NULL)
            CHECK(trackmem_domain_destroy(domain) == TRACKMEM_OK);
    }
}

/* The table of large blocks grows. */
static void use_large_blocks(void)
{
    static void *blocks[LARGE];
    for (size_t i = 0; i < LARGE; i++)
        blocks[i] = trackmem_malloc_in(&stone, 70000);
    for (size_t i = 0; i < LARGE; i++) {
        if (blocks[i] != NULL)
            CHECK(trackmem_size(blocks[i]) == 70000);
        trackmem_free(blocks[i]);
    }
}

static void use_reports(void)
{
    struct trackmem_stats stats;
    struct trackmem_window *window = trackmem_begin();
    void *block = fill(trackmem_malloc(10), 10);
    (void)trackmem_domain_stats(&mill, true, &stats);
    (void)trackmem_report(2, TRACKMEM_FORMAT_JSON);
    trackmem_free(block);
    (void)trackmem_end(window, NULL, NULL);
}

static void *use_thread(void *unused)
{
    (void)unused;
    use_verbs();
    use_large_blocks();
    return NULL;
}

static void use_threads(void)
{
    for (size_t i = 0; i < THREADS; i++) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, use_thread, NULL) == 0)
            pthread_join(thread, NULL);
    }
}

static void check_the_end(void)
{
    struct trackmem_stats stats;
    if (trackmem_domain_stats(NULL, true, &stats) != TRACKMEM_OK)
        return; /* all further mappings fail, the snapshot's too */
    CHECK(stats.live_blocks == 0);
    CHECK(stats.live_bytes == 0);
    CHECK(stats.overhead_bytes == 0);
    CHECK(stats.charged_bytes == 0);
}

static void carry_out(void *argument)
{
    run = argument;
    use_verbs();
    (void)trackmem_domain_set_budget(&mill, 1 << 16, 1 << 20, NULL, NULL);
    use_many_names();
    (void)trackmem_domain_set_budget(&mill, 0, 0, NULL, NULL);
    use_large_blocks();
    use_reports();
    use_threads();
    CHECK(trackmem_misuse_count() == 0);
    run->fail_at = 0; /* from here on there is memory again */
    use_verbs();
    CHECK(run->served > 0);
    check_the_end();
}

static void sweep(bool all_further)
{
    struct run *shared = tmi_platform_map_shared(sizeof *shared);
    unsigned long point = 1;
    assert_non_null(shared);
    for (;; point++) {
        struct tmi_apart apart;
        memset(shared, 0, sizeof *shared);
        shared->fail_at = point;
        shared->all_further = all_further;
        assert_true(tmi_platform_run_apart(carry_out, shared, 20000, true, &apart));
        if (apart.ending != TMI_ENDING_EXIT || apart.code != 0 || shared->wrong[0] != '\0')
            fail_msg("mapping %lu%s fails: %s %d %s", point, all_further ? " and all further" : "",
                     apart.signal, apart.code, shared->wrong);
        if (shared->failed == 0)
            break;
    }
    print_message("# %lu mappings\n", point - 1);
    assert_true(point > 10);
    tmi_platform_unmap(shared, sizeof *shared);
}

static void each_mapping_of_ours_may_fail(void **state)
{
    (void)state;
    sweep(false);
}

static void from_each_mapping_on_all_may_fail(void **state)
{
    (void)state;
    sweep(true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_mapping_of_ours_may_fail),
        cmocka_unit_test(from_each_mapping_on_all_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
