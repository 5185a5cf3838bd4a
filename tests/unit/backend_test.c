/*
 * Backends: of domains, of blocks that change domains, that fail, that are full, built in.
 */
#include "unit.h"

#include "base/config.h"

#include <stdlib.h>
#include <string.h>

#include <trackmem/backend.h>
#include <trackmem/domain.h>

#define HEAD 64

/* A backend that knows what it gave out, by a line before each span, and can be told to fail. */
struct source {
    struct trackmem_backend backend;
    int spans;
    int calls;
    int resizes;
    bool fails;
    const char *newest; /* span */
    size_t newest_bytes;
};

struct span_head {
    const struct source *source;
    size_t size;
};

static struct span_head *head_of(struct source *source, void *span, size_t size, size_t alignment)
{
    struct span_head *head = (struct span_head *)(void *)((char *)span - HEAD);

    assert_int_equal(alignment, TRACKMEM_ALIGNMENT);
    assert_ptr_equal(head->source, source);
    assert_int_equal(head->size, size);
    return head;
}

static void *source_allocate(void *context, size_t size, size_t alignment)
{
    struct source *source = context;
    char *start;

    assert_int_equal(alignment, TRACKMEM_ALIGNMENT);
    assert_true(size > 0);
    ++source->calls;
    if (source->fails || (start = malloc(HEAD + size)) == NULL)
        return NULL;
    *(struct span_head *)(void *)start = (struct span_head){ source, size };
    ++source->spans;
    source->newest = start + HEAD;
    source->newest_bytes = size;
    return memset(start + HEAD, 0xa5, size);
}

static void *source_reallocate(void *context, void *span, size_t old_size, size_t new_size,
                               size_t alignment)
{
    struct source *source = context;
    struct span_head *head = head_of(source, span, old_size, alignment);

    ++source->calls;
    if (source->fails)
        return NULL;
    ++source->resizes;
    head = realloc(head, HEAD + new_size);
    assert_non_null(head);
    head->size = new_size;
    source->newest = (char *)head + HEAD;
    source->newest_bytes = new_size;
    return (char *)head + HEAD;
}

static void source_free(void *context, void *span, size_t size, size_t alignment)
{
    struct source *source = context;

    ++source->calls;
    --source->spans;
    free(head_of(source, span, size, alignment));
}

static void source_init(struct source *source, const char *name, bool resizes)
{
    *source = (struct source){
        .backend = { name, source, source_allocate, NULL, resizes ? source_reallocate : NULL,
                     source_free },
    };
}

/* A new domain over a source. */
static struct trackmem_domain *domain_over(struct source *source, const char *name, bool resizes)
{
    struct trackmem_domain *domain = trackmem_domain_create(NULL, name);

    source_init(source, name, resizes);
    assert_int_equal(trackmem_domain_set_backend(domain, &source->backend), TRACKMEM_OK);
    return domain;
}

static uint64_t live_bytes(struct trackmem_domain *domain)
{
    struct trackmem_stats stats;

    assert_int_equal(trackmem_domain_stats(domain, true, &stats), TRACKMEM_OK);
    return stats.live_bytes;
}

static void expect_idle(struct trackmem_domain *domain, const struct source *source)
{
    assert_int_equal(source->spans, 0);
    assert_int_equal(live_bytes(domain), 0);
}

static void every_call_of_a_domain_reaches_its_backend(void **unused)
{
    struct source source;
    struct trackmem_domain *domain = domain_over(&source, "every call", true);

    (void)unused;
    for (int i = 0; i < 100; ++i) {
        void *block = trackmem_malloc_in(domain, 100);

        assert_non_null(block);
        assert_int_equal(source.calls, 2 * i + 1);
        trackmem_free(block);
        assert_int_equal(source.calls, 2 * i + 2);
    }
    assert_int_equal(trackmem_domain_push(domain), TRACKMEM_OK);
    for (int i = 0; i < 100; ++i)
        trackmem_free(trackmem_malloc(100));
    trackmem_domain_pop();
    assert_int_equal(source.calls, 400);
    trackmem_free(trackmem_malloc(100));
    assert_int_equal(source.calls, 400);
    expect_idle(domain, &source);
}

static void domains_below_inherit_what_is_set_when_they_are_made(void **unused)
{
    struct trackmem_domain *top = trackmem_domain_create(NULL, "inherit");
    struct trackmem_domain *before = trackmem_domain_create(top, "before");
    struct trackmem_domain *after;
    struct source source;
    void *blocks[3];

    (void)unused;
    source_init(&source, "inherit", true);
    assert_int_equal(trackmem_domain_set_backend(top, &source.backend), TRACKMEM_OK);
    after = trackmem_domain_create(top, "after");
    blocks[0] = trackmem_malloc_in(before, 10);
    assert_int_equal(source.spans, 0);
    blocks[1] = trackmem_malloc_in(top, 10);
    assert_int_equal(source.spans, 1);
    blocks[2] = trackmem_malloc_in(after, 10);
    assert_int_equal(source.spans, 2);
    for (int i = 0; i < 3; ++i)
        trackmem_free(blocks[i]);
    expect_idle(top, &source);
}

static void a_backend_is_set_before_the_first_block(void **unused)
{
    struct trackmem_domain *domain = trackmem_domain_create(NULL, "late");
    struct source source;
    struct source other;

    (void)unused;
    source_init(&source, "late", true);
    source_init(&other, "other", true);
    trackmem_free(trackmem_malloc_in(domain, 10));
    assert_int_equal(trackmem_domain_set_backend(domain, &source.backend), TRACKMEM_BUSY);
    assert_int_equal(trackmem_set_backend(&source.backend), TRACKMEM_BUSY);
    assert_int_equal(trackmem_domain_set_backend(NULL, &source.backend), TRACKMEM_BUSY);
    assert_int_equal(trackmem_domain_set_backend(domain, NULL), TRACKMEM_INVALID);
    domain = domain_over(&source, "replaced", true);
    trackmem_free(trackmem_malloc_in(domain, 10));
    assert_int_equal(trackmem_domain_set_backend(domain, &other.backend), TRACKMEM_OK);
    trackmem_free(trackmem_malloc_in(domain, 10));
    assert_int_equal(source.calls, 2);
    assert_int_equal(other.calls, 2);
    source.backend.free = NULL;
    assert_int_equal(trackmem_domain_set_backend(domain, &source.backend), TRACKMEM_INVALID);
}

static void a_block_goes_back_to_where_it_came_from_after_transfer(void **unused)
{
    struct source first;
    struct source second;
    struct trackmem_domain *a = domain_over(&first, "from", true);
    struct trackmem_domain *b = domain_over(&second, "to", true);
    struct trackmem_domain *plain = trackmem_domain_create(NULL, "plain");
    static const size_t sizes[] = { 1, 100, 1000, 5000, 100000 };

    (void)unused;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; ++i) {
        size_t size = sizes[i];
        char *block = trackmem_malloc_in(a, size);
        char *aligned = trackmem_aligned_alloc_in(a, 256, size);
        char *other = trackmem_malloc_in(plain, size);

        memset(block, 'b', size);
        assert_int_equal(trackmem_transfer(block, b), TRACKMEM_OK);
        assert_int_equal(trackmem_transfer(aligned, b), TRACKMEM_OK);
        assert_int_equal(trackmem_transfer(other, b), TRACKMEM_OK);
        assert_int_equal(live_bytes(a), 0);
        assert_int_equal(live_bytes(b), 3 * size);
        block = trackmem_realloc(block, 3 * size); /* stays with the first */
        assert_non_null(block);
        assert_int_equal(block[size - 1], 'b');
        assert_int_equal(first.spans, 2);
        assert_int_equal(second.spans, 0);
        assert_int_equal(trackmem_transfer(block, plain), TRACKMEM_OK);
        trackmem_free(block);
        trackmem_aligned_free(aligned);
        trackmem_free(other);
        expect_idle(a, &first);
        expect_idle(b, &second);
        assert_int_equal(live_bytes(plain), 0);
    }
}

static void fill(unsigned char *block, size_t size)
{
    for (size_t i = 0; i < size; ++i)
        block[i] = (unsigned char)(i * 7);
}

static void expect_filled(const unsigned char *block, size_t size)
{
    for (size_t i = 0; i < size; ++i)
        assert_int_equal(block[i], (unsigned char)(i * 7));
}

static void resize_all_ways(bool resizes)
{
    struct source source;
    struct trackmem_domain *domain = domain_over(&source, resizes ? "with" : "without", resizes);
    static const size_t sizes[] = { 8, 24, 1000, 1100, 70000, 200000, 3000, 64, 0 };
    unsigned char *block = trackmem_malloc_in(domain, 16);
    size_t size = 16;

    fill(block, size);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; ++i) {
        block = trackmem_realloc(block, sizes[i]);
        assert_non_null(block);
        expect_filled(block, size < sizes[i] ? size : sizes[i]);
        size = sizes[i];
        fill(block, size);
        assert_int_equal(trackmem_size(block), size);
        assert_int_equal(live_bytes(domain), size);
        assert_int_equal(source.spans, 1);
    }
    assert_int_equal(source.resizes, resizes ? sizeof sizes / sizeof *sizes : 0);
    trackmem_free(block);
    expect_idle(domain, &source);
}

static void a_resize_keeps_content_and_charge(void **unused)
{
    (void)unused;
    resize_all_ways(true);
    resize_all_ways(false);
}

/* Else another block of the backend, the C library's say, may have the same address. */
static void expect_within_its_span(const void *block, const struct source *source)
{
    assert_non_null(block);
    assert_true((size_t)((const char *)block - source->newest) < source->newest_bytes);
}

static void a_block_of_no_bytes_lies_within_its_span(void **unused)
{
    struct source source;
    struct trackmem_domain *domain = domain_over(&source, "no bytes", true);
    void *block = trackmem_malloc_in(domain, 0);

    (void)unused;
    expect_within_its_span(block, &source);
    block = trackmem_realloc(block, 5000);
    block = trackmem_realloc(block, 0);
    expect_within_its_span(block, &source);
    trackmem_free(block);
    for (size_t alignment = 16; alignment <= 4096; alignment *= 2) {
        block = trackmem_aligned_alloc_in(domain, alignment, 0);
        expect_within_its_span(block, &source);
        trackmem_aligned_free(block);
    }
    expect_idle(domain, &source);
}

static void a_backend_that_fails_leaves_all_as_it_was(void **unused)
{
    struct source source;
    struct trackmem_domain *domain = domain_over(&source, "fails", true);
    static const size_t sizes[] = { 10, 1000, 100000 };
    struct trackmem_stats stats;

    (void)unused;
    for (size_t i = 0; i < 3; ++i) {
        unsigned char *block = trackmem_malloc_in(domain, sizes[i]);

        fill(block, sizes[i]);
        source.fails = true;
        assert_null(trackmem_malloc_in(domain, 10));
        assert_null(trackmem_calloc_in(domain, 10, 10));
        assert_null(trackmem_aligned_alloc_in(domain, 64, 10));
        assert_null(trackmem_realloc(block, 2 * sizes[i]));
        expect_filled(block, sizes[i]);
        assert_int_equal(live_bytes(domain), sizes[i]);
        assert_int_equal(source.spans, 1);
        source.fails = false;
        trackmem_free(block);
        expect_idle(domain, &source);
    }
    assert_int_equal(trackmem_domain_stats(domain, true, &stats), TRACKMEM_OK);
    assert_int_equal(stats.failures, 12);
}

static void calloc_is_zero_over_a_backend_that_fills(void **unused)
{
    struct source source;
    struct trackmem_domain *domain = domain_over(&source, "zero", false);
    unsigned char *block = trackmem_calloc_in(domain, 50, 10);

    (void)unused;
    for (size_t i = 0; i < 500; ++i)
        assert_int_equal(block[i], 0);
    trackmem_free(block);
    expect_idle(domain, &source);
}

static void a_region_holds_a_domain_and_recovers(void **unused)
{
    static _Alignas(16) char buffer[65536];
    static struct trackmem_region region;
    struct trackmem_domain *domain = trackmem_domain_create(NULL, "region");
    struct trackmem_region_figures figures;
    void *blocks[200] = { NULL };
    size_t count = 0;

    (void)unused;
    assert_int_equal(trackmem_region_init(&region, buffer, sizeof buffer), TRACKMEM_OK);
    assert_int_equal(trackmem_domain_set_backend(domain, trackmem_region_backend(&region)),
                     TRACKMEM_OK);
    for (int round = 0; round < 10; ++round) {
        while ((blocks[count] = trackmem_malloc_in(domain, 700)) != NULL) {
            assert_true((char *)blocks[count] > buffer);
            assert_true((char *)blocks[count] < buffer + sizeof buffer);
            ++count;
        }
        assert_true(count > 60);
        blocks[0] = trackmem_realloc(blocks[0], 300);
        assert_null(trackmem_realloc(blocks[1], 30000));
        while (count > 0)
            trackmem_free(blocks[--count]);
        trackmem_region_stats(&region, &figures);
        assert_int_equal(figures.free_blocks, 1);
    }
    blocks[0] = trackmem_aligned_alloc_in(domain, 4096, 1000);
    assert_int_equal((uintptr_t)blocks[0] % 4096, 0);
    trackmem_aligned_free(blocks[0]);
    assert_true(trackmem_region_is_intact(&region));
    assert_int_equal(live_bytes(domain), 0);
    assert_int_equal(trackmem_region_finish(&region), TRACKMEM_OK);
}

static void a_budget_stops_short_of_the_region(void **unused)
{
    static _Alignas(16) char buffer[65536];
    static struct trackmem_region region;
    struct trackmem_domain *domain = trackmem_domain_create(NULL, "budgeted region");
    struct trackmem_region_figures figures;
    void *blocks[100] = { NULL };
    size_t count = 0;

    (void)unused;
    if (trackmem_domain_set_budget(domain, 0, 20000, NULL, NULL) == TRACKMEM_UNSUPPORTED)
        skip();
    assert_int_equal(trackmem_region_init(&region, buffer, sizeof buffer), TRACKMEM_OK);
    assert_int_equal(trackmem_domain_set_backend(domain, trackmem_region_backend(&region)),
                     TRACKMEM_OK);
    while ((blocks[count] = trackmem_malloc_in(domain, 984)) != NULL)
        ++count;
    assert_int_equal(count, 20);
    trackmem_region_stats(&region, &figures);
    assert_int_equal(figures.used_blocks, 20);
    while (count > 0)
        trackmem_free(blocks[--count]);
    trackmem_region_stats(&region, &figures);
    assert_int_equal(figures.used_blocks, 0);
    assert_int_equal(trackmem_region_finish(&region), TRACKMEM_OK);
}

static void mimalloc_gives_what_a_backend_must(void **unused)
{
    const struct trackmem_backend *mimalloc = trackmem_backend_mimalloc();
    struct trackmem_domain *domain = trackmem_domain_create(NULL, "mimalloc");

    (void)unused;
    if (mimalloc == NULL) {
        skip();
        return; /* which a checker does not see */
    }
    for (size_t size = 16; size < 300000; size += size / 16 + 3) {
        unsigned char *span = mimalloc->allocate_zeroed(NULL, size, TRACKMEM_ALIGNMENT);

        assert_int_equal((uintptr_t)span % TRACKMEM_ALIGNMENT, 0);
        assert_int_equal(span[size - 1], 0);
        fill(span, size);
        span = mimalloc->reallocate(NULL, span, size, 2 * size, TRACKMEM_ALIGNMENT);
        assert_int_equal((uintptr_t)span % TRACKMEM_ALIGNMENT, 0);
        expect_filled(span, size);
        mimalloc->free(NULL, span, 2 * size, TRACKMEM_ALIGNMENT);
    }
    assert_int_equal(trackmem_domain_set_backend(domain, mimalloc), TRACKMEM_OK);
    for (size_t size = 0; size < 300000; size += size / 8 + 1) {
        unsigned char *block = trackmem_malloc_in(domain, size);

        fill(block, size);
        block = trackmem_realloc(block, 2 * size);
        expect_filled(block, size);
        trackmem_free(block);
    }
    assert_int_equal(live_bytes(domain), 0);
}

/* Last: it leaves no number for others. */
static void one_backend_too_many_is_refused(void **unused)
{
    static struct source sources[256];
    enum trackmem_status status = TRACKMEM_OK;
    char name[8] = "m000";
    int count = 0;

    (void)unused;
    for (; status == TRACKMEM_OK && count < 256; ++count) {
        struct trackmem_domain *domain;

        name[1] = (char)('0' + count / 100);
        name[2] = (char)('0' + count / 10 % 10);
        name[3] = (char)('0' + count % 10);
        domain = trackmem_domain_create(NULL, name);
        source_init(&sources[count], "many", true);
        status = trackmem_domain_set_backend(domain, &sources[count].backend);
        if (status == TRACKMEM_OK) /* the same once more takes no other number */
            status = trackmem_domain_set_backend(domain, &sources[count].backend);
    }
    assert_int_equal(status, TRACKMEM_OUT_OF_MEMORY);
    assert_true(count + 16 > (int)TMI_BACKENDS); /* the rest is that of the tests before */
    assert_int_equal(trackmem_domain_set_backend(trackmem_domain_create(NULL, "as the process"),
                                                 trackmem_backend_libc()),
                     TRACKMEM_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_call_of_a_domain_reaches_its_backend),
        cmocka_unit_test(domains_below_inherit_what_is_set_when_they_are_made),
        cmocka_unit_test(a_backend_is_set_before_the_first_block),
        cmocka_unit_test(a_block_goes_back_to_where_it_came_from_after_transfer),
        cmocka_unit_test(a_resize_keeps_content_and_charge),
        cmocka_unit_test(a_block_of_no_bytes_lies_within_its_span),
        cmocka_unit_test(a_backend_that_fails_leaves_all_as_it_was),
        cmocka_unit_test(calloc_is_zero_over_a_backend_that_fills),
        cmocka_unit_test(a_region_holds_a_domain_and_recovers),
        cmocka_unit_test(a_budget_stops_short_of_the_region),
        cmocka_unit_test(mimalloc_gives_what_a_backend_must),
        cmocka_unit_test(one_backend_too_many_is_refused),
    };

    return cmocka_run_group_tests_name("backend", tests, NULL, NULL);
}
