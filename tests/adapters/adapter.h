/*
 * What the tests of adapters share: a backend that refuses on demand, real files to work on, and
 * what must hold when a library has ended.
 */
#ifndef TESTS_ADAPTER_H
#define TESTS_ADAPTER_H

#include "../unit/unit.h"

#include "../unit/witness.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <trackmem/backend.h>
#include <trackmem/trackmem_test.h>

/* The backend counts requests and refuses the one at `first`, or all from there on. */
static struct refusal {
    atomic_llong requests;
    atomic_llong first; /* 0: none */
    atomic_bool lasting;
    atomic_llong refused;
} refusal;

static inline bool refuse_now(void)
{
    long long request = atomic_fetch_add(&refusal.requests, 1) + 1;
    long long first = atomic_load(&refusal.first);
    bool refuse = first > 0 && (request == first || (request > first && refusal.lasting));
    if (refuse)
        atomic_fetch_add(&refusal.refused, 1);
    return refuse;
}

static void *refusing_allocate(void *context, size_t size, size_t alignment)
{
    (void)context;
    (void)alignment;
    return refuse_now() ? NULL : malloc(size);
}

static void *refusing_reallocate(void *context, void *span, size_t old_size, size_t new_size,
                                 size_t alignment)
{
    (void)context;
    (void)alignment;
    (void)old_size;
    return refuse_now() ? NULL : realloc(span, new_size);
}

static void refusing_free(void *context, void *span, size_t size, size_t alignment)
{
    (void)context;
    (void)alignment;
    (void)size;
    free(span);
}

/* Refuses the nth request from now (1: the next), or that and all that follow. */
static inline void refuse_from(long long nth, bool lasting)
{
    atomic_store(&refusal.first, 0);
    atomic_store(&refusal.requests, 0);
    atomic_store(&refusal.refused, 0);
    atomic_store(&refusal.lasting, lasting);
    atomic_store(&refusal.first, nth);
}

static inline void refuse_none(void)
{
    atomic_store(&refusal.first, 0);
}

/* First of all in each test program. */
static inline int adapter_begin(void **state)
{
    static const struct trackmem_backend backend = {
        .name = "refusing",
        .allocate = refusing_allocate,
        .reallocate = refusing_reallocate,
        .free = refusing_free,
    };
    (void)state;
    witness_begin();
    return trackmem_set_backend(&backend) == TRACKMEM_OK ? 0 : -1;
}

static inline void assert_held(struct trackmem_domain *domain)
{
    assert_true(live_blocks(domain) > 0);
    assert_true(live_bytes(domain) > 0);
}

/* The library gave all back, to the right place. */
static inline void assert_released(struct trackmem_domain *domain)
{
    assert_no_misuse();
    assert_int_equal(live_blocks(domain), 0);
    assert_int_equal(live_bytes(domain), 0);
    assert_nothing_alive();
}

/*
 * Runs a scenario again and again, the 1st, 2nd, 3rd... request refused (with `lasting` all that
 * follow too), until none was. It returns whether all went well; each time the domain must hold
 * what it held before.
 */
typedef bool scenario_fn(void);

static inline uint64_t sweep_scenario(void *user)
{
    scenario_fn *scenario = *(scenario_fn **)user;
    return scenario() ? 1 : TRACKMEM_SWEEP_FAILED;
}

/* The same with requests that fail before the backend, each in a process of its own. */
static inline void sweep_each(struct trackmem_domain *domain, scenario_fn *scenario)
{
    struct trackmem_sweep sweep = {
        .name = domain->name, .scenario = sweep_scenario, .user = &scenario, .domain = domain
    };
    struct trackmem_sweep_result result;

    for (int lasting = 0; lasting <= 1; lasting++) {
        sweep.all_further = lasting != 0;
        assert_int_equal(trackmem_sweep_run(&sweep, &result), TRACKMEM_OK);
        assert_int_equal(result.findings, 0);
        assert_true(result.points > 0);
        assert_true(result.complete);
    }
}

static inline void refuse_each(struct trackmem_domain *domain, scenario_fn *scenario)
{
    struct trackmem_stats before = stats_of(domain, true), after;
    unsigned failed = 0;

    for (int lasting = 0; lasting <= 1; lasting++) {
        bool refused = true;
        for (long long nth = 1; refused; nth++) {
            bool well;
            refuse_from(nth, lasting != 0);
            well = scenario();
            refuse_none();
            refused = refusal.refused > 0;
            failed += !well;
            if (!well && !refused)
                fail_msg("fails without a refusal");
            after = stats_of(domain, true);
            if (after.live_blocks != before.live_blocks || after.live_bytes != before.live_bytes)
                fail_msg("refused at %lld%s: %lld blocks are left", nth, lasting ? " and on" : "",
                         (long long)(after.live_blocks - before.live_blocks));
            assert_no_misuse();
        }
    }
    assert_true(failed > 0);
    sweep_each(domain, scenario);
}

/* A whole file, ended by a zero; from the C library, so that no domain is charged. */
static inline char *contents_of(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    char *text;
    long length;

    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    length = ftell(file);
    assert_true(length > 0);
    rewind(file);
    text = malloc((size_t)length + 1);
    assert_non_null(text);
    *size = fread(text, 1, (size_t)length, file);
    assert_int_equal(*size, length);
    text[*size] = '\0';
    (void)fclose(file);
    return text;
}

/* How often a word stands in a text. */
static inline size_t occurrences(const char *text, const char *word)
{
    size_t count = 0;
    for (const char *at = strstr(text, word); at != NULL; at = strstr(at + 1, word))
        count++;
    return count;
}

#endif
