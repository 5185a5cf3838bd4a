/*
 * What check.py knows the figures of: domains with names that must be escaped, one by its path, two
 * so deep that their paths end alike, budgets, a request refused for each reason, a region, one
 * misuse; then the metrics on standard output.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <trackmem/backend.h>
#include <trackmem/domain.h>
#include <trackmem/fail.h>
#include <trackmem/observe.h>

#define MOST (SIZE_MAX / 4)

static TRACKMEM_DEFINE_DOMAIN(driver, "driver", NULL);
static TRACKMEM_DEFINE_DOMAIN(cache, "cache", &driver);
static TRACKMEM_DEFINE_DOMAIN(strange, "a \"quoted\" \\ and \xc3\xa9", NULL);
static TRACKMEM_DEFINE_DOMAIN(broken, "no \xff utf-8", NULL);
static TRACKMEM_DEFINE_DOMAIN(pool, "pool", NULL);
static TRACKMEM_DEFINE_DOMAIN(lists, "driver/cache/lists", NULL);

static struct trackmem_region region;
static _Alignas(64) char buffer[65536];

static void ignore(const struct trackmem_misuse *misuse, void *user)
{
    (void)misuse;
    (void)user;
}

static void *no_memory(void *context, size_t size, size_t alignment)
{
    (void)context;
    (void)size;
    (void)alignment;
    return NULL;
}

static void never(void *context, void *span, size_t size, size_t alignment)
{
    (void)context;
    (void)span;
    (void)size;
    (void)alignment;
    abort();
}

/* Each of these must fail. */
static void fail_for_each_reason(void)
{
    const struct trackmem_backend empty = { .name = "empty", .allocate = no_memory, .free = never };
    void *failed[4];
    failed[0] = trackmem_malloc_in(&cache, 1 << 20);
    failed[1] = trackmem_malloc_in(&cache, 1 << 20);
    (void)trackmem_fail_next(1);
    failed[2] = trackmem_malloc_in(&cache, 1);
    (void)trackmem_domain_set_backend(&broken, &empty);
    failed[3] = trackmem_malloc_in(&broken, 1);
    for (size_t i = 0; i < sizeof failed / sizeof *failed; i++)
        if (failed[i] != NULL)
            abort();
}

static bool make_deep(const char *name)
{
    struct trackmem_domain *domain = trackmem_domain_create(&strange, name);
    for (unsigned depth = 0; domain != NULL && depth < 40; ++depth)
        domain = trackmem_domain_create(domain, "deeper");
    return domain != NULL;
}

/* With an argument the misuse is reported. */
int main(int argument_count, char **arguments)
{
    static char text[2];
    void *volatile stray = &text[1]; /* misaligned; the compiler would see it */
    void *blocks[5];
    size_t count = 0;
    (void)arguments;
    if (!make_deep("one") || !make_deep("other") ||
        trackmem_domain_set_budget(&driver, 0, 65536, NULL, NULL) != TRACKMEM_OK ||
        trackmem_domain_set_budget(&cache, 4096, MOST, NULL, NULL) != TRACKMEM_OK ||
        trackmem_region_init(&region, buffer, sizeof buffer) != TRACKMEM_OK ||
        trackmem_domain_set_backend(&pool, trackmem_region_backend(&region)) != TRACKMEM_OK)
        return 2;
    blocks[count++] = trackmem_malloc_in(&driver, 1000);
    blocks[count++] = trackmem_malloc_in(&cache, 15);
    blocks[count++] = trackmem_malloc_in(&cache, 16);
    blocks[count++] = trackmem_malloc_in(&strange, 300);
    blocks[count++] = trackmem_malloc_in(&pool, 5000);
    trackmem_free(trackmem_malloc_in(&cache, 70000 - 65536));
    trackmem_free(trackmem_malloc_in(&lists, 10));
    fail_for_each_reason();
    if (argument_count == 1)
        trackmem_set_misuse_handler(ignore, NULL);
    trackmem_free(stray);
    if (trackmem_report(1, TRACKMEM_FORMAT_PROMETHEUS) != TRACKMEM_OK)
        return 2;
    while (count > 0)
        trackmem_free(blocks[--count]);
    return trackmem_region_finish(&region) == TRACKMEM_OK ? 0 : 2;
}
