/*
 * The counters against a backend that sums what is outstanding: exact at rest, and the peak within
 * its bound. The backend can fail and has a reallocate that always moves.
 */
#define _GNU_SOURCE
#include "unit.h"

#include <trackmem/backend.h>

#include "base/config.h"
#include "crew.h"

static struct {
    pthread_mutex_t lock;
    uint64_t spans;
    uint64_t bytes;
    uint64_t calls;
    uint64_t fail_every; /* 0: never */
    bool fail_all;
} outside = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* Each span carries its size, so that a wrong size at free is seen. */
#define GUARD 64

static bool count_call(void)
{
    outside.calls++;
    return !outside.fail_all &&
           (outside.fail_every == 0 || outside.calls % outside.fail_every != 0);
}

static void add(uint64_t size)
{
    outside.spans++;
    outside.bytes += size;
}

static void *take(void *context, size_t size, size_t alignment)
{
    unsigned char *memory = NULL;
    if (context != &outside || size == 0 || alignment != TRACKMEM_ALIGNMENT)
        abort();
    pthread_mutex_lock(&outside.lock);
    if (count_call() && (memory = malloc(size + GUARD)) != NULL) { /* raw: the backend's own */
        add(size);
        memcpy(memory, &size, sizeof size);
        memset(memory + GUARD, 0xcd, size);
    }
    pthread_mutex_unlock(&outside.lock);
    return memory != NULL ? memory + GUARD : NULL;
}

static void give_back(void *context, void *span, size_t size, size_t alignment)
{
    unsigned char *memory = (unsigned char *)span - GUARD;
    size_t told;
    memcpy(&told, memory, sizeof told);
    if (context != &outside || told != size || alignment != TRACKMEM_ALIGNMENT)
        abort();
    pthread_mutex_lock(&outside.lock);
    outside.spans--;
    outside.bytes -= size;
    pthread_mutex_unlock(&outside.lock);
    memset(memory, 0xdd, size + GUARD);
    free(memory); /* raw: the backend's own */
}

static void *resize(void *context, void *span, size_t old_size, size_t new_size, size_t alignment)
{
    unsigned char *moved = take(context, new_size, alignment);
    if (moved == NULL)
        return NULL;
    memcpy(moved, span, old_size < new_size ? old_size : new_size);
    give_back(context, span, old_size, alignment);
    return moved;
}

static const struct trackmem_backend backend = {
    .name = "summing",
    .context = &outside,
    .allocate = take,
    .reallocate = resize,
    .free = give_back,
};

static int begin(void **state)
{
    struct trackmem_backend incomplete = backend;
    (void)state;
    assert_int_equal(trackmem_set_backend(NULL), TRACKMEM_INVALID);
    incomplete.allocate = NULL;
    assert_int_equal(trackmem_set_backend(&incomplete), TRACKMEM_INVALID);
    incomplete = backend;
    incomplete.free = NULL;
    assert_int_equal(trackmem_set_backend(&incomplete), TRACKMEM_INVALID);
    assert_int_equal(trackmem_set_backend(&backend), TRACKMEM_OK);
    crew_begin(2000);
    witness_begin();
    return 0;
}

static void the_backend_is_fixed_by_the_first_block(void **state)
{
    void *block = trackmem_malloc(10);
    (void)state;
    assert_int_equal(outside.spans, 1);
    assert_int_equal(trackmem_set_backend(&backend), TRACKMEM_BUSY);
    trackmem_free(block);
    assert_int_equal(outside.spans, 0); /* at once: nothing is kept */
}

static void blocks_of_calloc_are_zero_over_a_backend_that_has_no_zeroed_spans(void **state)
{
    static const size_t sizes[] = { 0, 1, 100, 2000, 100000 };
    (void)state;
    for (size_t i = 0; i < 5; i++) {
        void *block = trackmem_calloc(1, sizes[i]);
        assert_true(is_zero(block, sizes[i]));
        trackmem_free(block);
    }
}

static void refusals_are_null_and_change_nothing(void **state)
{
    char *plain = trackmem_malloc_in(&crew_left, 100);
    char *large = trackmem_malloc_in(&crew_left, 100000);
    char *aligned = trackmem_aligned_alloc_in(&crew_left, 256, 100);
    struct trackmem_stats before;
    struct trackmem_stats after;
    (void)state;
    fill(plain, 100, 1);
    fill(large, 100000, 2);
    fill(aligned, 100, 3);
    before = stats_of(&crew_left, false);
    outside.fail_all = true;
    assert_null(trackmem_malloc_in(&crew_left, 10));
    assert_null(trackmem_calloc_in(&crew_left, 10, 10));
    assert_null(trackmem_aligned_alloc_in(&crew_left, 64, 10));
    assert_null(trackmem_memdup_in(&crew_left, "x", 1));
    assert_null(trackmem_realloc_in(&crew_left, NULL, 10));
    assert_null(trackmem_realloc(plain, 5000));
    assert_null(trackmem_realloc(plain, 200000));
    assert_null(trackmem_realloc(large, 200000));
    assert_null(trackmem_realloc(large, 70000));
    assert_null(trackmem_realloc(large, 10));
    assert_null(trackmem_aligned_realloc(aligned, 256, 5000));
    assert_null(trackmem_aligned_realloc(aligned, 256, 10));
    outside.fail_all = false;
    after = stats_of(&crew_left, false);
    assert_int_equal(after.failures - before.failures, 12);
    after.failures = before.failures;
    assert_memory_equal(&before, &after, sizeof before);
    assert_int_equal(trackmem_size(plain), 100);
    assert_int_equal(trackmem_size(large), 100000);
    assert_true(is_filled(plain, 100, 1));
    assert_true(is_filled(large, 100000, 2));
    assert_true(is_filled(aligned, 100, 3));
    assert_non_null(large = trackmem_realloc(large, 200000));
    assert_true(is_filled(large, 100000, 2));
    trackmem_free(plain);
    trackmem_free(large);
    trackmem_aligned_free(aligned);
    assert_no_misuse();
    assert_int_equal(outside.spans, 0);
}

static void the_peak_of_one_thread_is_exact(void **state)
{
    struct trackmem_domain *domain = trackmem_domain_create(NULL, "one thread");
    void *blocks[100] = { NULL };
    uint32_t seed = 5;
    struct trackmem_stats stats;
    uint64_t live = 0;
    uint64_t peak = 0;
    (void)state;
    for (int i = 0; i < 20000; i++) {
        size_t slot = crew_random(&seed) % 100;
        if (blocks[slot] != NULL) {
            live -= trackmem_size(blocks[slot]) + 16;
            trackmem_free(blocks[slot]);
            blocks[slot] = NULL;
        } else {
            size_t size = crew_size(&seed);
            blocks[slot] = trackmem_malloc_in(domain, size);
            live += size + 16;
        }
        peak = live > peak ? live : peak;
    }
    for (size_t i = 0; i < 100; i++)
        trackmem_free(blocks[i]);
    stats = stats_of(domain, false);
    assert_int_equal(stats.peak_slack_bytes, 0);
    assert_int_equal(stats.peak_bytes, peak);
    assert_int_equal(trackmem_domain_destroy(domain), TRACKMEM_OK);
}

static void a_crew_of_eight_is_counted_exactly(void **state)
{
    (void)state;
    for (uint32_t round = 0; round < 5; round++) {
        crew_run(round);
        crew_check();
        if (round % 2)
            crew_end();
    }
    crew_end();
    crew_check();
    assert_no_misuse();
    assert_nothing_alive();
    assert_int_equal(outside.spans, 0);
    assert_int_equal(outside.bytes, 0);
}

static void a_crew_is_counted_exactly_when_its_backend_fails_now_and_then(void **state)
{
    (void)state;
    outside.fail_every = 7;
    crew_run(77);
    outside.fail_every = 0;
    crew_check();
    crew_end();
    assert_no_misuse();
    assert_nothing_alive();
    assert_int_equal(outside.bytes, 0);
}

/* Phases in which the true peak is known: all threads hold theirs at a barrier. */
static pthread_barrier_t barrier;
static struct trackmem_domain *peak_domains[3];
enum { PEAK_BLOCKS = 200, PEAK_SIZE = 1000 };

static void *hold_and_free(void *argument)
{
    void *blocks[PEAK_BLOCKS];
    size_t index = (size_t)(uintptr_t)argument;
    for (int round = 0; round < 20; round++) {
        for (size_t i = 0; i < PEAK_BLOCKS; i++)
            blocks[i] = trackmem_malloc_in(peak_domains[1 + (index + i) % 2], PEAK_SIZE);
        pthread_barrier_wait(&barrier);
        for (size_t i = 0; i < PEAK_BLOCKS; i++)
            trackmem_free(blocks[i]);
        pthread_barrier_wait(&barrier);
    }
    return NULL;
}

static void the_true_peak_of_a_crew_lies_within_the_bound(void **state)
{
    pthread_t threads[CREW_THREADS];
    uint64_t true_peak = (uint64_t)CREW_THREADS * PEAK_BLOCKS * (PEAK_SIZE + 16);
    struct trackmem_stats stats;
    (void)state;
    peak_domains[0] = trackmem_domain_create(NULL, "peak");
    peak_domains[1] = trackmem_domain_create(peak_domains[0], "one");
    peak_domains[2] = trackmem_domain_create(peak_domains[0], "two");
    pthread_barrier_init(&barrier, NULL, CREW_THREADS);
    for (uintptr_t i = 0; i < CREW_THREADS; i++)
        pthread_create(&threads[i], NULL, hold_and_free, (void *)i);
    for (size_t i = 0; i < CREW_THREADS; i++)
        pthread_join(threads[i], NULL);
    stats = stats_of(peak_domains[0], true);
    assert_true(stats.peak_slack_bytes <= (uint64_t)CREW_THREADS * 2 * 2 * TMI_CREDIT_BYTES);
    assert_in_range(true_peak, stats.peak_bytes - stats.peak_slack_bytes, stats.peak_bytes);
    stats = stats_of(peak_domains[1], true);
    assert_in_range(true_peak / 2, stats.peak_bytes - stats.peak_slack_bytes, stats.peak_bytes);
    assert_int_equal(stats.live_blocks, 0);
}

/* Random work, with the peak known by a lock around every step. */
static pthread_mutex_t step = PTHREAD_MUTEX_INITIALIZER;
static uint64_t step_live;
static uint64_t step_peak;
static void *step_blocks[300];
static struct trackmem_domain *step_domains[4];

static void *work_in_steps(void *argument)
{
    uint32_t seed = (uint32_t)(uintptr_t)argument + 99;
    for (int i = 0; i < 6000; i++) {
        size_t slot = crew_random(&seed) % 300;
        size_t size = crew_size(&seed);
        pthread_mutex_lock(&step);
        if (step_blocks[slot] != NULL) {
            step_live -= trackmem_size(step_blocks[slot]) + 16;
            trackmem_free(step_blocks[slot]);
            step_blocks[slot] = NULL;
        } else {
            step_blocks[slot] = trackmem_malloc_in(step_domains[1 + size % 3], size);
            step_live += size + 16;
            if (step_live > step_peak)
                step_peak = step_live;
        }
        pthread_mutex_unlock(&step);
    }
    return NULL;
}

static void the_true_peak_of_random_work_lies_within_the_bound(void **state)
{
    pthread_t threads[4];
    struct trackmem_stats stats;
    (void)state;
    for (size_t i = 0; i < 4; i++)
        step_domains[i] = trackmem_domain_create(i == 0 ? NULL : step_domains[0],
                                                 (const char *[]){ "steps", "a", "b", "c" }[i]);
    for (uintptr_t i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, work_in_steps, (void *)i);
    for (size_t i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    stats = stats_of(step_domains[0], true);
    assert_in_range(step_peak, stats.peak_bytes - stats.peak_slack_bytes, stats.peak_bytes);
    assert_int_equal(stats.live_bytes + stats.overhead_bytes, step_live);
    for (size_t i = 0; i < 300; i++)
        trackmem_free(step_blocks[i]);
    assert_nothing_alive();
    assert_int_equal(outside.bytes, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_backend_is_fixed_by_the_first_block),
        cmocka_unit_test(blocks_of_calloc_are_zero_over_a_backend_that_has_no_zeroed_spans),
        cmocka_unit_test(refusals_are_null_and_change_nothing),
        cmocka_unit_test(the_peak_of_one_thread_is_exact),
        cmocka_unit_test(a_crew_of_eight_is_counted_exactly),
        cmocka_unit_test(a_crew_is_counted_exactly_when_its_backend_fails_now_and_then),
        cmocka_unit_test(the_true_peak_of_a_crew_lies_within_the_bound),
        cmocka_unit_test(the_true_peak_of_random_work_lies_within_the_bound),
    };
    return cmocka_run_group_tests(tests, begin, NULL);
}
