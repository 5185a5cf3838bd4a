/*
 * backend/region.c: random operations against a model, exhaustion, damage, and how many tags a call
 * looks at. region.c is compiled into this file, so that its looks can be counted.
 */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

static unsigned looks;
#define TMI_REGION_COUNT_LOOK() (++looks)
#include "backend/region.c" /* NOLINT(bugprone-suspicious-include) */

#define OPERATIONS 10000000u
#define SLOTS      1024u
#define BUFFER     (256u << 10)

/* What the model knows of a span; every byte of it is `fill`. */
struct slot {
    unsigned char *span;
    size_t size;
    size_t alignment;
    unsigned char fill;
};

enum verb { ALLOCATE, RESIZE, RELEASE, VERBS };

static struct slot slots[SLOTS];
static unsigned most_looks[VERBS];
static unsigned refusals;
static _Alignas(64) unsigned char buffer[BUFFER];
static struct trackmem_region region;
static uint64_t state = 88172645463325252u;

static uint32_t random_below(uint32_t limit)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)((state >> 32) * limit >> 32);
}

static size_t random_size(void)
{
    uint32_t dice = random_below(100);

    return 1 + random_below(dice < 80 ? 128 : dice < 97 ? 1024 : 16384);
}

static size_t random_alignment(void)
{
    return random_below(4) != 0 ? GRANULE : (size_t)1 << random_below(13);
}

static void note_looks(enum verb verb)
{
    if (looks > most_looks[verb])
        most_looks[verb] = looks;
    looks = 0;
}

static void *allocate(size_t size, size_t alignment)
{
    void *span;

    looks = 0;
    span = region_allocate(&region, size, alignment);
    note_looks(ALLOCATE);
    return span;
}

static void release(void *span, size_t size, size_t alignment)
{
    looks = 0;
    region_free(&region, span, size, alignment);
    note_looks(RELEASE);
}

static void fill(struct slot *slot)
{
    assert_true(slot->span >= buffer && slot->span + slot->size <= buffer + sizeof buffer);
    assert_int_equal((uintptr_t)slot->span % slot->alignment, 0);
    slot->fill = (unsigned char)random_below(256);
    memset(slot->span, slot->fill, slot->size);
}

static void verify(const struct slot *slot, size_t size)
{
    assert_int_equal(slot->span[0], slot->fill);
    assert_memory_equal(slot->span, slot->span + 1, size - 1);
}

static void fill_empty(struct slot *slot)
{
    slot->size = random_size();
    slot->alignment = random_alignment();
    slot->span = allocate(slot->size, slot->alignment);
    refusals += slot->span == NULL;
    if (slot->span != NULL)
        fill(slot);
}

static void empty(struct slot *slot)
{
    verify(slot, slot->size);
    release(slot->span, slot->size, slot->alignment);
    slot->span = NULL;
}

static void resize(struct slot *slot)
{
    size_t size = random_size();
    void *span;

    looks = 0;
    span = region_reallocate(&region, slot->span, slot->size, size, slot->alignment);
    note_looks(RESIZE);
    if (span == NULL) {
        verify(slot, slot->size);
        return;
    }
    assert_ptr_equal(span, slot->span);
    verify(slot, slot->size < size ? slot->size : size);
    slot->size = size;
    fill(slot);
}

static void begin(void)
{
    assert_int_equal(trackmem_region_init(&region, buffer, sizeof buffer), TRACKMEM_OK);
}

static void expect_one_free_block(void)
{
    struct trackmem_region_figures stats;

    trackmem_region_stats(&region, &stats);
    assert_int_equal(stats.used_bytes, 0);
    assert_int_equal(stats.used_blocks, 0);
    assert_int_equal(stats.free_blocks, 1);
    assert_int_equal(stats.largest_free_bytes, stats.size_bytes);
    assert_int_equal(stats.fragmentation_permille, 0);
    assert_int_equal(stats.damages, 0);
    assert_true(trackmem_region_is_intact(&region));
    assert_int_equal(trackmem_region_finish(&region), TRACKMEM_OK);
}

static void ten_million_operations_end_in_one_free_block(void **unused)
{
    (void)unused;
    begin();
    for (uint32_t i = 0; i < OPERATIONS; ++i) {
        struct slot *slot = &slots[random_below(SLOTS)];

        if (slot->span == NULL)
            fill_empty(slot);
        else if (random_below(10) < 3)
            resize(slot);
        else
            empty(slot);
        if (i % 100000 == 0)
            assert_true(trackmem_region_is_intact(&region));
    }
    for (size_t i = 0; i < SLOTS; ++i)
        if (slots[i].span != NULL)
            empty(&slots[i]);
    assert_true(refusals > OPERATIONS / 1000); /* it was full often enough */
    print_message("# tags looked at, at most: allocate %u, resize %u, free %u; refused %u\n",
                  most_looks[ALLOCATE], most_looks[RESIZE], most_looks[RELEASE], refusals);
    assert_true(most_looks[ALLOCATE] <= 16);
    assert_true(most_looks[RESIZE] <= 16);
    assert_true(most_looks[RELEASE] <= 16);
    expect_one_free_block();
}

static void what_is_promised_of_the_largest_block_is_served(void **unused)
{
    struct trackmem_region_figures stats;
    size_t promised;
    void *spans[64] = { NULL };

    (void)unused;
    begin();
    for (size_t i = 0; i < 64; ++i)
        spans[i] = allocate(100 + 50 * i, GRANULE);
    for (size_t i = 0; i < 64; i += 2)
        release(spans[i], 100 + 50 * i, GRANULE);
    trackmem_region_stats(&region, &stats);
    assert_true(stats.free_blocks > 30);
    assert_true(stats.fragmentation_permille > 0);
    assert_int_equal(stats.free_bytes + stats.used_bytes, stats.size_bytes);
    promised = stats.largest_free_bytes / LISTS * (LISTS - 1) - sizeof(size_t);
    spans[0] = allocate(promised, GRANULE);
    assert_non_null(spans[0]);
    release(spans[0], promised, GRANULE);
    for (size_t i = 1; i < 64; i += 2)
        release(spans[i], 100 + 50 * i, GRANULE);
    expect_one_free_block();
}

static void a_full_region_refuses_and_recovers(void **unused)
{
    struct trackmem_region_figures stats;
    void *spans[BUFFER / 1000] = { NULL };
    size_t count = 0;

    (void)unused;
    begin();
    while ((spans[count] = allocate(1000, GRANULE)) != NULL)
        ++count;
    assert_in_range(count, BUFFER / 1024 - 8, BUFFER / 1000);
    assert_null(allocate(1000, 4096));
    assert_null(allocate(SIZE_MAX, GRANULE));
    assert_null(allocate(SIZE_MAX - 64, GRANULE));
    assert_null(allocate(16, SIZE_MAX / 2 + 1));
    assert_int_equal(trackmem_region_finish(&region), TRACKMEM_BUSY);
    release(spans[3], 1000, GRANULE);
    spans[3] = allocate(1000, GRANULE);
    assert_non_null(spans[3]);
    trackmem_region_stats(&region, &stats);
    assert_int_equal(stats.high_water_bytes, stats.used_bytes);
    while (count > 0)
        release(spans[--count], 1000, GRANULE);
    expect_one_free_block();
}

static void a_buffer_of_any_size_and_place_is_used_within_its_bounds(void **unused)
{
    (void)unused;
    for (size_t bytes = 0; bytes < 2048; bytes += 7)
        for (size_t offset = 0; offset < 20; ++offset) {
            memset(buffer, 0xa5, 4096);
            if (trackmem_region_init(&region, buffer + 64 + offset, bytes) == TRACKMEM_OK) {
                void *span = allocate(1, GRANULE);

                if (span != NULL) {
                    release(span, 1, GRANULE);
                }
                expect_one_free_block();
            }
            for (size_t i = 0; i < 64 + offset; ++i)
                assert_int_equal(buffer[i], 0xa5);
            for (size_t i = 64 + offset + bytes; i < 4096; ++i)
                assert_int_equal(buffer[i], 0xa5);
        }
    assert_int_equal(trackmem_region_init(&region, NULL, 4096), TRACKMEM_INVALID);
    assert_int_equal(trackmem_region_init(&region, buffer, SIZE_MAX), TRACKMEM_INVALID);
    assert_int_equal(trackmem_region_finish(NULL), TRACKMEM_OK);
}

static size_t damages(void)
{
    struct trackmem_region_figures stats;

    trackmem_region_stats(&region, &stats);
    return stats.damages;
}

static void a_write_past_a_span_is_found_when_it_is_freed(void **unused)
{
    unsigned char *span;
    unsigned char *next;

    (void)unused;
    begin();
    span = allocate(104, GRANULE);
    next = allocate(104, GRANULE);
    assert_non_null(next);
    assert_true(trackmem_region_is_intact(&region));
    memset(span, 'x', 120);
    assert_false(trackmem_region_is_intact(&region));
    region_free(&region, span, 104, GRANULE);
    assert_int_equal(damages(), 1);
    region_free(&region, next, 104, GRANULE);
    assert_int_equal(damages(), 2);
    assert_null(region_reallocate(&region, next, 104, 200, GRANULE));
    assert_int_equal(damages(), 3);
    assert_non_null(allocate(5000, GRANULE)); /* the rest still serves */
}

static void a_span_freed_twice_or_with_a_wrong_size_is_left_alone(void **unused)
{
    unsigned char *span;
    unsigned char *guard;

    (void)unused;
    begin();
    span = allocate(200, GRANULE);
    guard = allocate(200, GRANULE);
    region_free(&region, span, 900, GRANULE);
    assert_int_equal(damages(), 1);
    region_free(&region, span + GRANULE, 200, GRANULE);
    assert_int_equal(damages(), 2);
    region_free(&region, span + 1, 200, GRANULE);
    assert_int_equal(damages(), 3);
    region_free(&region, &guard, 200, GRANULE);
    assert_int_equal(damages(), 4);
    region_free(&region, span, 200, GRANULE);
    assert_int_equal(damages(), 4);
    region_free(&region, span, 200, GRANULE);
    assert_int_equal(damages(), 5);
    assert_true(trackmem_region_is_intact(&region));
    region_free(&region, guard, 200, GRANULE);
    region.damages = 0;
    expect_one_free_block();
}

static void a_write_to_a_freed_span_fails_one_request(void **unused)
{
    unsigned char *span;

    (void)unused;
    begin();
    span = allocate(200, GRANULE);
    assert_non_null(allocate(200, GRANULE));
    release(span, 200, GRANULE);
    memset(span, 0x41, 16);
    assert_null(allocate(200, GRANULE));
    assert_int_equal(damages(), 1);
    assert_non_null(allocate(200, GRANULE));
    assert_false(trackmem_region_is_intact(&region));
}

/* Any word of the buffer, with any value: nothing but refusals may follow. */
static void random_damage_never_leads_outside(void **unused)
{
    (void)unused;
    for (unsigned round = 0; round < 20000; ++round) {
        struct slot some[32];
        uint32_t at;

        assert_int_equal(trackmem_region_init(&region, buffer + 4096, 4096 + random_below(8192)),
                         TRACKMEM_OK);
        memset(buffer, 0xa5, 4096);
        memset(buffer + 16384, 0xa5, 4096);
        for (size_t i = 0; i < 32; ++i) {
            some[i].size = 1 + random_below(200);
            some[i].span = allocate(some[i].size, GRANULE);
        }
        for (unsigned step = 0; step < 100; ++step) {
            struct slot *slot = &some[random_below(32)];

            if (step % 20 == 10) {
                at = 4096 + random_below(8192) / 4 * 4;
                state = state * 6364136223846793005u + 1;
                memcpy(buffer + at, random_below(2) ? (void *)&state : (void *)(buffer + 8192), 8);
            }
            if (slot->span != NULL) {
                region_free(&region, slot->span, slot->size, GRANULE);
                slot->span = NULL;
            } else {
                slot->size = 1 + random_below(300);
                slot->span = region_allocate(&region, slot->size, GRANULE);
                if (slot->span != NULL)
                    assert_true(slot->span >= buffer + 4096 &&
                                slot->span + slot->size <= buffer + 16384);
            }
        }
        (void)trackmem_region_is_intact(&region);
        for (size_t i = 0; i < 4096; ++i)
            assert_true(buffer[i] == 0xa5 && buffer[16384 + i] == 0xa5);
        tmi_region_enlist(&region, false);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ten_million_operations_end_in_one_free_block),
        cmocka_unit_test(what_is_promised_of_the_largest_block_is_served),
        cmocka_unit_test(a_full_region_refuses_and_recovers),
        cmocka_unit_test(a_buffer_of_any_size_and_place_is_used_within_its_bounds),
        cmocka_unit_test(a_write_past_a_span_is_found_when_it_is_freed),
        cmocka_unit_test(a_span_freed_twice_or_with_a_wrong_size_is_left_alone),
        cmocka_unit_test(a_write_to_a_freed_span_fails_one_request),
        cmocka_unit_test(random_damage_never_leads_outside),
    };

    return cmocka_run_group_tests_name("region", tests, NULL, NULL);
}
