/*
 * Leaks: patterns, the baseline, groups by stack, how threads are held, memory that must not be
 * touched. Each case runs in a child, since options act once a process.
 */
#define _GNU_SOURCE
#include "unit.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/compiler.h"
#include "base/pattern.h"
#include "capture.h"
#include "platform/memory.h"
#include "platform/platform.h"
#include "platform/threads.h"
#include "witness.h"

#define PAGE       4096u
#define BASE       "leaks_test.base"
#define SKIPS_CASE 77

static void with(const char *options, int (*fn)(void *), void *argument)
{
    setenv("TRACKMEM", options, 1);
    capture(fn, argument);
    unsetenv("TRACKMEM");
    if (captured.length != 0 && WIFEXITED(captured.status) && WEXITSTATUS(captured.status) == 99)
        print_message("%s", captured.text);
}

static bool matches(const char *pattern, const char *text)
{
    return tmi_pattern_matches(pattern, text, strlen(text));
}

static void patterns_match_the_whole_or_the_end_of_a_path(void **state)
{
    (void)state;
    assert_true(matches("load", "load"));
    assert_false(matches("load", "loaded"));
    assert_true(matches("load*", "loaded"));
    assert_true(matches("*oad*d", "loadedd"));
    assert_true(matches("?oad", "load"));
    assert_false(matches("?oad", "oad"));
    assert_true(matches("*", ""));
    assert_false(matches("", "a"));
    assert_true(matches("a*b*c", "aXbXbXc"));
    assert_false(matches("a*b*c", "aXbXbX"));
    assert_true(tmi_pattern_matches_path("cache.c", "src/driver/cache.c"));
    assert_true(tmi_pattern_matches_path("driver/*.c", "src/driver/cache.c"));
    assert_false(tmi_pattern_matches_path("ache.c", "src/driver/cache.c"));
    assert_false(tmi_pattern_matches_path("*", NULL));
}

/* What fn leaves on the stack lies far below its end afterwards. */
static __attribute__((__noinline__)) void far_down(void (*fn)(void))
{
    volatile char room[65536];

    room[0] = 1;
    fn();
    room[1] = room[0];
}

static void lose_two(void)
{
    for (int i = 0; i < 2; i++)
        (void)hidden(trackmem_malloc(100));
}

static void lose_one(void)
{
    (void)hidden(trackmem_malloc(100));
}

/*
 * An emulator's page map may be none: then each page counts as used, and its own memory may hold a
 * block.
 */
static bool knows_used_pages(void)
{
    struct tmi_memory memory;
    bool knows;

    tmi_memory_open(&memory);
    knows = memory.pagemap >= 0;
    tmi_memory_close(&memory);
    return knows;
}

/* argument: how many blocks more than two. */
static int lose(void *argument)
{
    far_down(lose_two);
    for (int i = 0; i < *(const int *)argument; i++)
        far_down(lose_two);
    return 0;
}

static int lose_elsewhere(void *argument)
{
    (void)lose(argument);
    far_down(lose_one);
    return 0;
}

static void a_baseline_that_was_written_fails_on_new_leaks_only(void **state)
{
    int none = 0;
    int more = 1;

    (void)state;
    with("check,baseline_write=" BASE ",leaks_exit=3", lose, &none);
    assert_true(exited_with(3));
    with("check,baseline=" BASE ",leaks_exit=3", lose, &none);
    assert_true(exited_with(0));
    assert_true(says("trackmem: no leak at exit but what is suppressed\n"));
    with("check,baseline=" BASE ",leaks_exit=3", lose, &more); /* of a place that leaks already */
    assert_true(exited_with(3));
    if (knows_used_pages())
        assert_true(says("leak: 4 blocks, 400 B, are lost at exit\n"));
    with("check,baseline=" BASE ",leaks_exit=3", lose_elsewhere, &none);
    assert_true(exited_with(3));
    if (knows_used_pages()) {
        assert_true(says("leak: 1 block, 100 B, is lost at exit\n"));
        assert_true(says("suppressed       200 B in       2 blocks  by " BASE "\n"));
    }
    (void)unlink(BASE);
}

static void each_process_writes_a_baseline_of_its_own(void **state)
{
    char path[64];
    int none = 0;

    (void)state;
    with("check,baseline_write=" BASE ".%p-%p%", lose, &none);
    (void)snprintf(path, sizeof path, BASE ".%ld-%ld%%", (long)captured.pid, (long)captured.pid);
    assert_int_equal(unlink(path), 0);
}

static struct trackmem_domain *level;

static __attribute__((__noinline__)) void allocate(void)
{
    (void)hidden(trackmem_malloc_in(level, 10));
}

static __attribute__((__noinline__)) void allocate_this_way(void)
{
    allocate();
    __asm__ volatile("" ::: "memory");
}

static __attribute__((__noinline__)) void allocate_that_way(void)
{
    allocate();
    allocate();
    __asm__ volatile("" ::: "memory");
}

static int end_a_domain(void *unused)
{
    (void)unused;
    level = trackmem_domain_create(NULL, "level");
    allocate_this_way();
    allocate_that_way();
    (void)trackmem_domain_destroy(level);
    return 0;
}

static void a_domain_s_leaks_are_told_by_stack(void **state)
{
    (void)state;
    with("check,leaks=off,misuse=report,format=json", end_a_domain, NULL);
    assert_int_equal(count_of("\"class\":\"alive\""), 1);
#ifdef NO_STACKS
    skip(); /* no unwinder tells frames here */
#endif
    with("check,leaks=off,misuse=report,format=json,stacks=8", end_a_domain, NULL);
    assert_true(count_of("\"class\":\"alive\"") >= 2); /* two calls of one function are two */
    assert_true(says("\"live_blocks\":3,"));
}

/* More stacks than are kept of whatever is not seen again; what is left of each: nothing. */
static __attribute__((__noinline__)) void crowd(unsigned levels)
{
    if (levels == 0) {
        trackmem_free(hidden(trackmem_malloc(10)));
        return;
    }
    crowd(levels - 1);
    __asm__ volatile("nop"); /* no two calls are one */
    crowd(levels - 1);
    __asm__ volatile(""); /* nor is this one a jump */
}

/* The first stacks are the slots' own, the others are kept. */
static int lose_in_a_crowd(void *unused)
{
    (void)unused;
    crowd(14);
    for (volatile int i = 0; i < 10; i++) /* one call: the loop is not unrolled */
        far_down(lose_one);
    return 0;
}

static void leaks_of_one_stack_are_one_group(void **state)
{
    (void)state;
#ifdef NO_STACKS
    skip(); /* no unwinder tells frames here */
#endif
    with("check,leaks_exit=3,stacks=16", lose_in_a_crowd, NULL);
    assert_true(exited_with(3));
    assert_int_equal(count_of("  lost  "), 1);
    assert_int_equal(count_of(" #0 "), 1);
    if (knows_used_pages()) {
        assert_true(says("leak: 10 blocks, 1.0 KiB, are lost at exit\n"));
        assert_true(says("  lost           1.0 KiB in      10 blocks  "));
    }
}

/* Threads that count, each for itself. */
static volatile unsigned long counts[3];

static void *count(void *place)
{
    volatile unsigned long *mine = place;

    for (;;)
        ++*mine;
    return NULL;
}

static void start(void *(*fn)(void *), void *argument)
{
    pthread_t thread;

    if (pthread_create(&thread, NULL, fn, argument) != 0)
        exit(99);
}

static bool all_move(void)
{
    unsigned long before[3] = { counts[0], counts[1], counts[2] };

    for (int i = 0; i < 1000; i++) {
        usleep(1000);
        if (counts[0] != before[0] && counts[1] != before[1] && counts[2] != before[2])
            return true;
    }
    return false;
}

static int hold_counting_threads(void *unused)
{
    struct tmi_held_threads threads;
    unsigned long before[3];
    size_t bytes;
    void *memory;
    bool stood;

    (void)unused;
    for (int i = 0; i < 3; i++)
        start(count, (void *)&counts[i]);
    for (int round = 0; round < 20; round++) {
        if (!all_move())
            return 1;
        bytes = tmi_threads_work_bytes();
        memory = tmi_platform_map(bytes);
        tmi_threads_hold(&threads, memory, bytes);
        for (int i = 0; i < 3; i++)
            before[i] = counts[i];
        usleep(2000);
        stood = before[0] == counts[0] && before[1] == counts[1] && before[2] == counts[2];
        tmi_threads_release(&threads);
        if (threads.running != 0)
            return SKIPS_CASE;
        if (!stood || threads.held != 3 || threads.list[0].stack == 0)
            return 2;
        tmi_platform_unmap(memory, bytes);
    }
    return 0;
}

static void threads_stand_still_while_they_are_held(void **state)
{
    (void)state;
    if (TMI_TSAN) /* whose own thread cannot be held */
        skip();
    with("", hold_counting_threads, NULL);
    if (exited_with(SKIPS_CASE))
        skip();
    assert_true(exited_with(0));
}

static pid_t traced;
static int ready[2];

static void *be_traced(void *unused)
{
    char byte = 'x';

    (void)unused;
    traced = (pid_t)syscall(SYS_gettid);
    if (write(ready[1], &byte, 1) != 1)
        abort();
    for (;;)
        pause();
    return NULL;
}

/* Another process traces our thread, as a debugger does; then nobody else can. */
static int search_under_a_debugger(void *unused)
{
    char byte = 'x';
    pid_t debugger;
    uint64_t blocks;

    (void)unused;
    if (pipe(ready) != 0)
        return 99;
    start(be_traced, NULL);
    if (read(ready[0], &byte, 1) != 1)
        return 99;
    debugger = fork();
    if (debugger == 0) {
        byte = syscall(SYS_ptrace, PTRACE_SEIZE, traced, NULL, NULL) == 0 ? 'y' : 'n';
        (void)!write(ready[1], &byte, 1);
        for (;;)
            pause();
    }
    if (read(ready[0], &byte, 1) != 1)
        return 99;
    far_down(lose_one);
    blocks = trackmem_check_leaks();
    (void)kill(debugger, SIGKILL);
    return byte == 'y' ? blocks != 1 : SKIPS_CASE;
}

static void threads_that_cannot_be_held_are_told(void **state)
{
    (void)state;
    if (TMI_TSAN)
        skip();
    with("check", search_under_a_debugger, NULL);
    if (exited_with(SKIPS_CASE))
        skip();
    assert_true(exited_with(0));
    assert_true(says("threads      1 of 1 other thread ran on meanwhile (ptrace: Operation not "));
}

static void **in_a_mapping;

static void hold_in_the_mapping(void)
{
    in_a_mapping[0] = trackmem_malloc(100);
}

/* Pages without rights in the middle, pages behind the end of a file, a mapping of 64 GiB. */
static int search_around_holes(void *unused)
{
    size_t sparse = (size_t)1 << (sizeof(void *) > 4 && knows_used_pages() ? 36 : 28);
    int fd = memfd_create("short", MFD_CLOEXEC);
    char *block = trackmem_aligned_alloc(PAGE, (size_t)16 * PAGE);
    char *pages;
    uint64_t blocks;

    (void)unused;
    if (fd < 0 || ftruncate(fd, PAGE) != 0)
        return 99;
    pages = mmap(NULL, (size_t)8 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (pages == MAP_FAILED)
        return 99;
    pages = mmap(NULL, (size_t)8 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
                 0);
    if (pages == MAP_FAILED || mprotect(pages + PAGE, PAGE, PROT_NONE) != 0 ||
        mprotect(block + (size_t)4 * PAGE, PAGE, PROT_NONE) != 0)
        return 99;
    pages = mmap(NULL, sparse, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
                 -1, 0);
    if (pages == MAP_FAILED)
        return 99;
    in_a_mapping = (void **)(void *)(pages + sparse - PAGE);
    far_down(hold_in_the_mapping);
    blocks = trackmem_check_leaks();
    (void)mprotect(block + (size_t)4 * PAGE, PAGE, PROT_READ | PROT_WRITE);
    trackmem_aligned_free(block);
    return (int)blocks;
}

static void a_search_touches_nothing_that_faults(void **state)
{
    (void)state;
    with("check", search_around_holes, NULL);
    assert_true(exited_with(0));
    assert_int_equal(captured.length, 0);
}

static void give_to_a_budget(void)
{
    struct trackmem_domain *domain = trackmem_domain_create(NULL, "with a budget");

    (void)trackmem_domain_set_budget(domain, 1000, 2000, NULL, trackmem_malloc(30));
}

static int search_with_a_budget(void *unused)
{
    (void)unused;
    far_down(give_to_a_budget);
    return (int)trackmem_check_leaks();
}

static void what_a_budget_was_given_is_held(void **state)
{
    (void)state;
    with("check", search_with_a_budget, NULL);
    assert_true(exited_with(0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(patterns_match_the_whole_or_the_end_of_a_path),
        cmocka_unit_test(a_baseline_that_was_written_fails_on_new_leaks_only),
        cmocka_unit_test(each_process_writes_a_baseline_of_its_own),
        cmocka_unit_test(a_domain_s_leaks_are_told_by_stack),
        cmocka_unit_test(leaks_of_one_stack_are_one_group),
        cmocka_unit_test(threads_stand_still_while_they_are_held),
        cmocka_unit_test(threads_that_cannot_be_held_are_told),
        cmocka_unit_test(a_search_touches_nothing_that_faults),
        cmocka_unit_test(what_a_budget_was_given_is_held),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
