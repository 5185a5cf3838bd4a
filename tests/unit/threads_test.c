/*
 * Threads that come and go, forks in the middle of work, and reports by several at once.
 */
#define _GNU_SOURCE
#include "unit.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdalign.h>

#include "account/snapshot.h"
#include "alloc/thread.h"
#include "capture.h"
#include "witness.h"

TRACKMEM_DEFINE_DOMAIN(busy, "busy", NULL);

static alignas(64) char not_a_block[256];

static uint32_t shard_count(void)
{
    struct tmi_snapshot *snapshot = tmi_snapshot_create();
    uint32_t count = snapshot->shard_count;
    tmi_snapshot_destroy(snapshot);
    return count;
}

static void *live_shortly(void *unused)
{
    void *blocks[40];
    (void)unused;
    for (size_t i = 0; i < 40; i++)
        blocks[i] = trackmem_malloc(i * 30);
    for (size_t i = 0; i < 40; i++)
        trackmem_free(blocks[i]);
    return NULL;
}

static void run(void *(*fn)(void *), size_t count)
{
    pthread_t threads[16];
    for (uintptr_t i = 0; i < count; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, fn, (void *)i), 0);
    for (size_t i = 0; i < count; i++)
        pthread_join(threads[i], NULL);
}

static void threads_that_come_and_go_do_not_add_shards(void **state)
{
    uint32_t before;
    (void)state;
    run(live_shortly, 8);
    before = shard_count();
    for (int i = 0; i < 100; i++)
        run(live_shortly, 1);
    assert_int_equal(shard_count(), before);
    for (int i = 0; i < 50; i++)
        run(live_shortly, 8);
    assert_true(shard_count() <= 9);
    trackmem_trim();
    assert_int_equal(tmi_thread_kept_bytes(), 0);
    assert_nothing_alive();
}

static void *leave_scopes_pushed(void *unused)
{
    (void)unused;
    (void)trackmem_domain_push(&busy);
    (void)trackmem_domain_push(&busy);
    return NULL;
}

static void *see_no_scopes(void *unused)
{
    void *block = trackmem_malloc(1);
    (void)unused;
    if (trackmem_domain_current() != NULL || !trackmem_domain_same(trackmem_domain_of(block), NULL))
        abort();
    trackmem_free(block);
    return NULL;
}

static void what_a_thread_pushed_ends_with_it(void **state)
{
    (void)state;
    run(leave_scopes_pushed, 4);
    run(see_no_scopes, 8);
}

/* Thread-specific data: destructors before and after ours, which allocate and come again. */

static pthread_key_t early_key; /* made before trackmem's own */
static pthread_key_t late_key;
static int destructor_calls; /* atomic */

/* How often a destructor comes again: in the fourth round ThreadSanitizer has left the thread. */
#define LAST_ROUND (TMI_TSAN ? 2u : 3u)

static void destructor_work(pthread_key_t key, void *value)
{
    uintptr_t round = (uintptr_t)value;
    void *block = trackmem_malloc_in(&busy, 100 * round);
    void *other = trackmem_aligned_alloc_in(&busy, 64, 2000);
    __atomic_add_fetch(&destructor_calls, 1, __ATOMIC_RELAXED);
    trackmem_free(block);
    trackmem_aligned_free(other);
    if (round < LAST_ROUND)
        pthread_setspecific(key, (void *)(round + 1));
}

static void early_destructor(void *value)
{
    destructor_work(early_key, value);
}

static void late_destructor(void *value)
{
    destructor_work(late_key, value);
}

__attribute__((constructor)) static void make_early_key(void)
{
    pthread_key_create(&early_key, early_destructor);
}

static void *end_with_destructors(void *unused)
{
    (void)unused;
    pthread_setspecific(early_key, (void *)1);
    pthread_setspecific(late_key, (void *)1);
    trackmem_free(trackmem_malloc_in(&busy, 50));
    return NULL;
}

static void threads_may_allocate_and_free_while_they_end(void **state)
{
    uint32_t shards;
    (void)state;
    trackmem_free(trackmem_malloc(1));
    assert_int_equal(pthread_key_create(&late_key, late_destructor), 0);
    run(end_with_destructors, 8);
    shards = shard_count();
    for (int i = 0; i < 50; i++)
        run(end_with_destructors, 4);
    assert_int_equal(destructor_calls, (8 + 200) * 2 * LAST_ROUND);
    assert_true(shard_count() <= shards + 4); /* the first eight may not all have met */
    assert_nothing_alive();
}

static void *hand_over(void *place)
{
    *(void **)place = trackmem_malloc_in(&busy, 700);
    return NULL;
}

static void blocks_outlive_the_thread_that_made_them(void **state)
{
    void *block = NULL;
    pthread_t thread;
    (void)state;
    pthread_create(&thread, NULL, hand_over, &block);
    pthread_join(thread, NULL);
    assert_int_equal(live_bytes(&busy), 700);
    block = trackmem_realloc(block, 900);
    assert_int_equal(live_bytes(&busy), 900);
    trackmem_free(block);
    assert_nothing_alive();
}

/* Fork. */

static bool stop; /* atomic */

static void *be_busy(void *argument)
{
    uint32_t seed = (uint32_t)(uintptr_t)argument + 1;
    void *blocks[32] = { NULL };
    while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
        size_t slot;
        seed = seed * 1664525u + 1013904223u;
        slot = (seed >> 8) % 32;
        trackmem_free(blocks[slot]);
        blocks[slot] = trackmem_malloc_in(&busy, (seed >> 12) % 1500);
        if ((seed >> 8) % 500 == 0)
            trackmem_trim();
        if ((seed >> 8) % 300 == 0)
            (void)trackmem_site_at("busy.c", (seed >> 8) % 5000, "be_busy", NULL);
        if ((seed >> 8) % 20 == 0) {
            void *large = trackmem_malloc(100000);
            trackmem_free(large);
        }
    }
    for (size_t i = 0; i < 32; i++)
        trackmem_free(blocks[i]);
    return NULL;
}

static int child_of_busy_parent(void)
{
    void *blocks[2000];
    struct trackmem_stats stats;
    struct trackmem_domain *domain;
    uint64_t before;

    alarm(20); /* a lock that nobody opens */
    (void)dup2(open("/dev/null", O_WRONLY), 2);
    trackmem_set_misuse_handler(NULL, NULL);
    for (size_t i = 0; i < 2000; i++) {
        blocks[i] = trackmem_malloc(i % 1400);
        if (blocks[i] == NULL)
            return 1;
        fill(blocks[i], i % 1400, (unsigned)i);
    }
    for (size_t i = 0; i < 2000; i++) {
        if (!is_filled(blocks[i], i % 1400, (unsigned)i))
            return 2; /* two owners */
        trackmem_free(blocks[i]);
    }
    before = trackmem_misuse_count();
    trackmem_free(hidden(not_a_block));
    if (trackmem_misuse_count() != before + 1)
        return 3;
    if (trackmem_report(2, TRACKMEM_FORMAT_TEXT) != TRACKMEM_OK)
        return 4;
    domain = trackmem_domain_create(NULL, "made in the child");
    if (domain == NULL || trackmem_domain_destroy(domain) != TRACKMEM_OK)
        return 5;
    /* Of each other thread one operation may have been under way. */
    if (trackmem_domain_stats(&busy, true, &stats) != TRACKMEM_OK ||
        stats.live_blocks > 4 * 32 + 4 || stats.live_bytes > 4 * 33 * 1500)
        return 6;
    return 0;
}

static void a_fork_in_the_middle_of_work_gives_a_child_that_works(void **state)
{
    pthread_t threads[4];
    (void)state;
    if (TMI_ASAN || TMI_TSAN) /* their own locks do not outlive a fork among threads */
        skip();
    for (uintptr_t i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, be_busy, (void *)i);
    for (int i = 0; i < 40; i++) {
        int status;
        pid_t child = fork();
        if (child == 0)
            exit(child_of_busy_parent());
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 0);
    }
    __atomic_store_n(&stop, true, __ATOMIC_RELAXED);
    for (size_t i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    assert_nothing_alive();
}

static int check_inherited(void *block)
{
    struct trackmem_stats stats = stats_of(&busy, false);
    if (stats.live_blocks != 1 || stats.live_bytes != 333)
        return 1;
    trackmem_free(block);
    stats = stats_of(&busy, false);
    return stats.live_blocks == 0 && stats.live_bytes == 0 ? 0 : 2;
}

static void a_child_s_counters_start_as_the_parent_s(void **state)
{
    void *block = trackmem_malloc_in(&busy, 333);
    (void)state;
    run(live_shortly, 4);
    capture(check_inherited, block);
    assert_true(exited_with(0));
    assert_int_equal(captured.length, 0);
    assert_int_equal(live_blocks(&busy), 1); /* the parent's is its own */
    trackmem_free(block);
}

/* Reports by several at once, and handlers. */

static void *misuse_often(void *unused)
{
    (void)unused;
    for (int i = 0; i < 50; i++)
        trackmem_free(hidden(not_a_block + 64));
    return NULL;
}

static int misuse_in_threads(void *options)
{
    trackmem_set_misuse_handler(NULL, NULL);
    if (trackmem_set_options(options) != TRACKMEM_OK)
        return 1;
    run(misuse_often, 4);
    return trackmem_misuse_count() == 200 ? 0 : 2;
}

static void reports_of_several_threads_come_out_whole(void **state)
{
    static char first[4096];
    size_t length;
    (void)state;
    capture(misuse_in_threads, (char[]){ "repeats=0,format=text" });
    assert_true(exited_with(0));
    length = (size_t)(strstr(captured.text + 1, "trackmem: ") - captured.text);
    assert_true(length < sizeof first);
    memcpy(first, captured.text, length);
    first[length] = '\0';
    assert_int_equal(count_of(first), 200);
    assert_int_equal(captured.length, 200 * length);
}

static void json_reports_of_several_threads_are_a_line_each(void **state)
{
    size_t lines = 0;
    (void)state;
    capture(misuse_in_threads, (char[]){ "repeats=0,format=json" });
    for (char *line = captured.text; *line != '\0' && strchr(line, '\n') != NULL;) {
        char *line_end = strchr(line, '\n');
        assert_int_equal(line[0], '{');
        assert_int_equal(line_end[-1], '}');
        lines++;
        line = line_end + 1;
    }
    assert_int_equal(lines, 200);
}

static int nested; /* how often the handler ran */

static void handler_that_works(const struct trackmem_misuse *misuse, void *user)
{
    void *block = trackmem_malloc(100);
    char *copy = trackmem_memdup(misuse->text, strlen(misuse->text) + 1);
    assert_ptr_equal(user, &nested);
    assert_non_null(strstr(copy, "foreign pointer"));
    block = trackmem_realloc(block, 100000);
    trackmem_free(block);
    trackmem_free(copy);
    nested++;
}

static void a_handler_may_allocate_and_free(void **state)
{
    uint64_t before = trackmem_misuse_count();
    (void)state;
    nested = 0;
    trackmem_set_misuse_handler(handler_that_works, &nested);
    trackmem_free(hidden(not_a_block));
    trackmem_free(hidden(not_a_block));
    assert_int_equal(nested, 2);
    assert_int_equal(trackmem_misuse_count(), before + 2);
    assert_nothing_alive();
    trackmem_set_misuse_handler(NULL, NULL);
}

static void handler_that_errs(const struct trackmem_misuse *misuse, void *user)
{
    (void)misuse;
    (void)user;
    nested++;
    trackmem_free(hidden(not_a_block + 128));
}

static int misuse_with_erring_handler(void *unused)
{
    (void)unused;
    nested = 0;
    trackmem_set_misuse_handler(handler_that_errs, NULL);
    trackmem_free(hidden(not_a_block));
    trackmem_free(hidden(not_a_block));
    return nested == 2 ? 0 : 1;
}

static void the_misuse_of_a_handler_is_reported_and_does_not_loop(void **state)
{
    (void)state;
    capture(misuse_with_erring_handler, NULL);
    assert_true(exited_with(0));
    assert_int_equal(count_of("trackmem: foreign pointer"), 2);
    assert_int_equal(count_of("handler_that_errs"), 2);
}

static void *misuse_under_handler(void *unused)
{
    (void)unused;
    for (int i = 0; i < 20; i++)
        trackmem_free(hidden(not_a_block));
    return NULL;
}

static void handler_that_counts(const struct trackmem_misuse *misuse, void *user)
{
    void *block = trackmem_malloc(10);
    trackmem_free(block);
    __atomic_add_fetch((int *)user, misuse->kind == TRACKMEM_MISUSE_FOREIGN_POINTER,
                       __ATOMIC_RELAXED);
}

static void handlers_run_in_several_threads_at_once(void **state)
{
    int count = 0;
    (void)state;
    trackmem_set_misuse_handler(handler_that_counts, &count);
    run(misuse_under_handler, 8);
    assert_int_equal(count, 160);
    trackmem_set_misuse_handler(NULL, NULL);
}

/* The same site and domain met first by many threads at once. */

static pthread_barrier_t gate;
static struct trackmem_domain *made[8];
static struct trackmem_domain raced = { "raced", &busy, 0, TRACKMEM_LAYOUT_VERSION };

static void *meet_first(void *argument)
{
    uintptr_t index = (uintptr_t)argument;
    void *block;
    pthread_barrier_wait(&gate);
    block = trackmem_malloc_in(&raced, 64);
    made[index] = trackmem_domain_of(block);
    trackmem_free(block);
    return NULL;
}

static void a_site_and_a_domain_met_by_many_at_once_are_one(void **state)
{
    (void)state;
    pthread_barrier_init(&gate, NULL, 8);
    run(meet_first, 8);
    for (size_t i = 1; i < 8; i++)
        assert_ptr_equal(made[0], made[i]);
    assert_int_equal(stats_of(&raced, false).total_blocks, 8);
    assert_nothing_alive();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        /* First: a child that starts threads needs a parent without any. */
        cmocka_unit_test(reports_of_several_threads_come_out_whole),
        cmocka_unit_test(json_reports_of_several_threads_are_a_line_each),
        cmocka_unit_test(threads_that_come_and_go_do_not_add_shards),
        cmocka_unit_test(what_a_thread_pushed_ends_with_it),
        cmocka_unit_test(threads_may_allocate_and_free_while_they_end),
        cmocka_unit_test(blocks_outlive_the_thread_that_made_them),
        cmocka_unit_test(a_site_and_a_domain_met_by_many_at_once_are_one),
        cmocka_unit_test(a_child_s_counters_start_as_the_parent_s),
        cmocka_unit_test(a_fork_in_the_middle_of_work_gives_a_child_that_works),
        cmocka_unit_test(a_handler_may_allocate_and_free),
        cmocka_unit_test(the_misuse_of_a_handler_is_reported_and_does_not_loop),
        cmocka_unit_test(handlers_run_in_several_threads_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
