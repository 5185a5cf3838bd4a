/*
 * Backends under threads: a region shared by four, forks in between, transfers to and from a domain
 * on the process's backend. The option backend=mimalloc is set in the environment: where mimalloc
 * is, it is the process's backend.
 */
#include "unit.h"

#include <pthread.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <trackmem/backend.h>
#include <trackmem/domain.h>
#include <trackmem/observe.h>

#include "backend/backend.h"

#define THREADS 4
#define BLOCKS  64
#define STEPS   100000

static _Alignas(16) char buffer[256 << 10];
static struct trackmem_region region;
static struct trackmem_domain *in_region;
static struct trackmem_domain *plain;

struct worker {
    pthread_t thread;
    uint32_t state;
    uint32_t wrong;
};

static uint32_t random_below(struct worker *worker, uint32_t limit)
{
    worker->state = worker->state * 1664525u + 1013904223u;
    return (uint32_t)((uint64_t)worker->state * limit >> 32);
}

static bool is_filled(const unsigned char *block, unsigned char with)
{
    size_t size = trackmem_size(block);

    return size == 0 || (block[0] == with && memcmp(block, block + 1, size - 1) == 0);
}

static unsigned char *step(struct worker *worker, unsigned char *block, unsigned char with)
{
    size_t size = random_below(worker, random_below(worker, 8) != 0 ? 200 : 3000);
    unsigned char *moved;

    if (block == NULL) {
        block = trackmem_malloc_in(random_below(worker, 2) != 0 ? in_region : plain, size);
    } else if (!is_filled(block, with)) {
        ++worker->wrong;
    } else if (random_below(worker, 4) == 0) {
        (void)trackmem_transfer(block, random_below(worker, 2) != 0 ? in_region : plain);
    } else if (random_below(worker, 2) == 0) {
        moved = trackmem_realloc(block, size);
        block = moved != NULL ? moved : block;
    } else {
        trackmem_free(block);
        return NULL;
    }
    if (block != NULL)
        memset(block, with, trackmem_size(block));
    return block;
}

static void *work(void *argument)
{
    struct worker *worker = argument;
    unsigned char *blocks[BLOCKS] = { NULL };

    for (int i = 0; i < STEPS; ++i) {
        uint32_t slot = random_below(worker, BLOCKS);

        blocks[slot] = step(worker, blocks[slot], (unsigned char)slot);
    }
    for (int i = 0; i < BLOCKS; ++i)
        trackmem_free(blocks[i]);
    return NULL;
}

/* The child of a process whose other threads are inside the region uses it. */
static int status_of_child(void)
{
    int status = -1;
    pid_t child = fork();

    if (child == 0) {
        void *block = trackmem_malloc_in(in_region, 100);

        trackmem_free(block);
        _exit(trackmem_region_is_intact(&region) ? 0 : 1);
    }
    (void)waitpid(child, &status, 0);
    return status;
}

static void threads_share_a_region_and_forks_find_it_whole(void **unused)
{
    struct worker workers[THREADS];
    struct trackmem_region_figures figures;
    struct trackmem_stats stats;

    (void)unused;
    in_region = trackmem_domain_create(NULL, "in the region");
    plain = trackmem_domain_create(NULL, "plain");
    assert_int_equal(trackmem_region_init(&region, buffer, sizeof buffer), TRACKMEM_OK);
    assert_int_equal(trackmem_domain_set_backend(in_region, trackmem_region_backend(&region)),
                     TRACKMEM_OK);
    for (uint32_t i = 0; i < THREADS; ++i) {
        workers[i].state = i;
        workers[i].wrong = 0;
        assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    }
    for (int i = 0; i < 50; ++i)
        assert_int_equal(status_of_child(), 0);
    for (uint32_t i = 0; i < THREADS; ++i) {
        (void)pthread_join(workers[i].thread, NULL);
        assert_int_equal(workers[i].wrong, 0);
    }
    assert_int_equal(trackmem_domain_stats(NULL, true, &stats), TRACKMEM_OK);
    assert_int_equal(stats.live_bytes, 0);
    trackmem_region_stats(&region, &figures);
    assert_int_equal(figures.used_blocks, 0);
    assert_int_equal(figures.free_blocks, 1);
    assert_int_equal(figures.damages, 0);
    assert_int_equal(trackmem_region_finish(&region), TRACKMEM_OK);
}

static void the_option_chooses_mimalloc_where_it_is(void **unused)
{
    (void)unused;
    if (trackmem_backend_mimalloc() == NULL)
        skip();
    assert_true(tmi_backend_is_mimalloc(&tmi_backends[0]));
    assert_int_equal(trackmem_set_options("backend=libc"), TRACKMEM_BUSY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_share_a_region_and_forks_find_it_whole),
        cmocka_unit_test(the_option_chooses_mimalloc_where_it_is),
    };

    return cmocka_run_group_tests_name("backend, threads", tests, NULL, NULL);
}
