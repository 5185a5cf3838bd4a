/*
 * What each test of the small profile starts with: a region as the backend, and misuse that is kept
 * to be looked at. Runs on the machine that builds and in firmware.
 */
#ifndef TESTS_SMALL_UNIT_H
#define TESTS_SMALL_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <trackmem/small.h>

#define OVERHEAD (TRACKMEM_ALIGNMENT + TRACKMEM_REDZONE_BYTES)

static _Alignas(64) unsigned char pool[65536];
static struct trackmem_region region;
static struct trackmem_misuse misuse; /* the last */
static unsigned misuses;

/* Compilers see through wrong frees and impossible sizes; not through these. */
static inline void *hidden(const void *ptr)
{
    void *volatile hide = (void *)(uintptr_t)ptr;
    return hide;
}

static inline size_t hidden_size(size_t size)
{
    volatile size_t hide = size;
    return hide;
}

static inline void keep_misuse(const struct trackmem_misuse *seen, void *user)
{
    (void)user;
    misuse = *seen;
    ++misuses;
}

static inline struct trackmem_stats stats_of(struct trackmem_domain *domain, bool with_descendants)
{
    struct trackmem_stats stats;

    assert_int_equal(trackmem_domain_stats(domain, with_descendants, &stats), TRACKMEM_OK);
    return stats;
}

static inline void start_small(void)
{
    (void)trackmem_region_init(&region, pool, sizeof pool);
    (void)trackmem_set_backend(trackmem_region_backend(&region));
    trackmem_set_misuse_handler(keep_misuse, NULL);
}

/* After each test: nothing is left, nothing is damaged, and all misuse was expected. */
static inline int nothing_is_left(void **state)
{
    struct trackmem_region_figures figures;
    unsigned seen = misuses;

    (void)state;
    misuses = 0; /* the next test has its own */
    trackmem_region_stats(&region, &figures);
    if (figures.used_blocks != 0 || !trackmem_region_is_intact(&region) || seen != 0 ||
        stats_of(NULL, true).live_blocks != 0 || stats_of(NULL, true).charged_bytes != 0)
        return -1;
    return 0;
}

static inline void expect_misuse(enum trackmem_misuse_kind kind, const char *id)
{
    assert_int_equal(misuses, 1);
    assert_int_equal(misuse.kind, kind);
    assert_string_equal(misuse.id, id);
    misuses = 0;
}

#define SMALL_TEST(name) cmocka_unit_test_teardown(name, nothing_is_left)

#endif
