/*
 * Every allocating and freeing verb, in each of its forms: by macro, as a function, `_in`, `_at`.
 */
#include "unit.h"

#include "verbs.h"

static char source[LARGEST];

/* A way to make a block; `way` is the name by which its call site is known. */
struct way {
    const char *function; /* NULL: by pointer, known by its address */
    void *(*make)(size_t size);
    size_t alignment;
    bool aligned;
    bool zero;
    bool in;
};

#define WAY(name, call)            \
    static void *name(size_t size) \
    {                              \
        return call;               \
    }

/* Six forms of one verb. */
#define WAYS(verb, ...)                                                  \
    WAY(verb##_macro, trackmem_##verb(__VA_ARGS__))                      \
    WAY(verb##_function, (trackmem_##verb)(__VA_ARGS__))                 \
    WAY(verb##_at, trackmem_##verb##_at(TRACKMEM_SITE, __VA_ARGS__))     \
    WAY(verb##_in_macro, trackmem_##verb##_in(&shelf, __VA_ARGS__))      \
    WAY(verb##_in_function, (trackmem_##verb##_in)(&shelf, __VA_ARGS__)) \
    WAY(verb##_in_at, trackmem_##verb##_in_at(TRACKMEM_SITE, &shelf, __VA_ARGS__))

WAYS(malloc, size)
WAYS(calloc, 1, size)
WAYS(realloc, NULL, size)
WAYS(reallocarray, NULL, size, 1)
WAYS(memdup, source, size)
WAYS(aligned_alloc, 64, size)
WAYS(aligned_realloc, NULL, 64, size)
WAY(calloc_many, trackmem_calloc(size, 1))

#define LIST(verb, alignment_, aligned_, zero_)                                    \
    { #verb "_macro", verb##_macro, alignment_, aligned_, zero_, false },          \
        { NULL, verb##_function, alignment_, aligned_, zero_, false },             \
        { #verb "_at", verb##_at, alignment_, aligned_, zero_, false },            \
        { #verb "_in_macro", verb##_in_macro, alignment_, aligned_, zero_, true }, \
        { NULL, verb##_in_function, alignment_, aligned_, zero_, true },           \
    {                                                                              \
#verb "_in_at", verb##_in_at, alignment_, aligned_, zero_, true            \
    }

static const struct way ways[] = {
    LIST(malloc, TRACKMEM_ALIGNMENT, false, false),
    LIST(calloc, TRACKMEM_ALIGNMENT, false, true),
    LIST(realloc, TRACKMEM_ALIGNMENT, false, false),
    LIST(reallocarray, TRACKMEM_ALIGNMENT, false, false),
    LIST(memdup, TRACKMEM_ALIGNMENT, false, true),
    LIST(aligned_alloc, 64, true, false),
    LIST(aligned_realloc, 64, true, false),
    { "calloc_many", calloc_many, TRACKMEM_ALIGNMENT, false, true, false },
};
#define WAY_COUNT (sizeof ways / sizeof ways[0])

typedef void free_fn(void *ptr, size_t size);

static void free_by_macro(void *ptr, size_t size)
{
    (void)size;
    trackmem_free(ptr);
}

static void free_by_function(void *ptr, size_t size)
{
    (void)size;
    (trackmem_free)(ptr);
}

static void free_by_at(void *ptr, size_t size)
{
    (void)size;
    trackmem_free_at(TRACKMEM_SITE, ptr);
}

static void free_sized_by_macro(void *ptr, size_t size)
{
    trackmem_free_sized(ptr, size);
}

static void free_sized_by_function(void *ptr, size_t size)
{
    (trackmem_free_sized)(ptr, size);
}

static void free_sized_by_at(void *ptr, size_t size)
{
    trackmem_free_sized_at(TRACKMEM_SITE, ptr, size);
}

static void aligned_free_by_macro(void *ptr, size_t size)
{
    (void)size;
    trackmem_aligned_free(ptr);
}

static void aligned_free_by_function(void *ptr, size_t size)
{
    (void)size;
    (trackmem_aligned_free)(ptr);
}

static void aligned_free_by_at(void *ptr, size_t size)
{
    (void)size;
    trackmem_aligned_free_at(TRACKMEM_SITE, ptr);
}

static free_fn *const plain_frees[] = {
    free_by_macro,       free_by_function,       free_by_at,
    free_sized_by_macro, free_sized_by_function, free_sized_by_at
};
static free_fn *const aligned_frees[] = { aligned_free_by_macro, aligned_free_by_function,
                                          aligned_free_by_at };

static void every_verb_makes_blocks_of_every_size_that_are_charged_and_freed(void **state)
{
    unsigned turn = 0;
    (void)state;
    for (size_t w = 0; w < WAY_COUNT; w++) {
        const struct way *way = &ways[w];
        for (size_t s = 0; s < SIZE_COUNT; s++) {
            size_t size = sizes[s];
            void *block = way->make(size);
            struct trackmem_domain *domain = trackmem_domain_of(block);
            assert_non_null(block);
            assert_int_equal((uintptr_t)block % way->alignment, 0);
            assert_int_equal(trackmem_size(block), size);
            assert_true(trackmem_domain_same(domain, way->in ? &shelf : NULL));
            if (way->zero)
                assert_true(is_zero(block, size));
            assert_int_equal(live_blocks(domain), 1);
            assert_int_equal(live_bytes(domain), size);
            assert_int_equal(live_bytes(NULL), size);
            fill(block, size, turn);
            assert_true(is_filled(block, size, turn));
            turn++;
            if (way->aligned)
                aligned_frees[turn % 3](block, size);
            else
                plain_frees[turn % 6](block, size);
            assert_int_equal(live_blocks(NULL), 0);
            assert_int_equal(live_bytes(NULL), 0);
        }
    }
}

static void every_free_accepts_every_size(void **state)
{
    (void)state;
    for (size_t f = 0; f < 9; f++) {
        for (size_t s = 0; s < SIZE_COUNT; s++) {
            if (f < 6) {
                plain_frees[f](trackmem_malloc(sizes[s]), sizes[s]);
                plain_frees[f](NULL, 0);
            } else {
                aligned_frees[f - 6](trackmem_aligned_alloc(256, sizes[s]), sizes[s]);
                aligned_frees[f - 6](NULL, 0);
            }
            assert_no_misuse();
            assert_int_equal(live_blocks(NULL), 0);
        }
    }
}

static void every_verb_has_its_call_site(void **state)
{
    (void)state;
    for (size_t w = 0; w < WAY_COUNT; w++) {
        struct search search = { .function = ways[w].function };
        void *block = ways[w].make(100);
        trackmem_visit_sites(look_for_site, &search);
        assert_true(search.function == NULL ? search.by_address : search.live_blocks == 1);
        if (ways[w].aligned)
            trackmem_aligned_free(block);
        else
            trackmem_free(block);
    }
}

static void blocks_of_size_0_are_different_blocks(void **state)
{
    void *blocks[100];
    (void)state;
    for (size_t i = 0; i < 100; i++) {
        blocks[i] = trackmem_malloc(0);
        assert_non_null(blocks[i]);
        for (size_t j = 0; j < i; j++)
            assert_ptr_not_equal(blocks[i], blocks[j]);
    }
    assert_int_equal(live_blocks(NULL), 100);
    assert_int_equal(live_bytes(NULL), 0);
    for (size_t i = 0; i < 100; i++)
        trackmem_free(blocks[i]);
}

static void calloc_clears_spans_that_were_used_before(void **state)
{
    (void)state;
    for (size_t s = 0; s < SIZE_COUNT; s++) {
        void *block = trackmem_malloc(sizes[s]);
        memset(block, 0xff, sizes[s]);
        trackmem_free(block);
        block = trackmem_calloc(sizes[s], 1);
        assert_true(is_zero(block, sizes[s]));
        trackmem_free(block);
    }
}

static void products_that_overflow_give_null_and_are_counted_as_failures(void **state)
{
    size_t half = hidden_size(SIZE_MAX / 2 + 1);
    size_t root = (size_t)1 << (sizeof(size_t) * 4);
    struct trackmem_stats before = stats_of(&shelf, false);
    struct trackmem_stats after;
    (void)state;
    assert_null(trackmem_calloc_in(&shelf, half, 2));
    assert_null(trackmem_calloc_in(&shelf, hidden_size(root), root));
    assert_null(trackmem_reallocarray_in(&shelf, NULL, half, 2));
    assert_null((trackmem_calloc_in)(&shelf, 2, half));
    assert_null((trackmem_reallocarray_in)(&shelf, NULL, 2, half));
    assert_null(TRACKMEM_NEW_ARRAY_IN(&shelf, uint64_t, hidden_size(SIZE_MAX / 4)));
    after = stats_of(&shelf, false);
    assert_int_equal(after.failures - before.failures, 6);
    assert_int_equal(after.total_blocks, before.total_blocks);
    assert_null(trackmem_calloc(half, 2));
    assert_null(TRACKMEM_NEW_ARRAY(uint64_t, hidden_size(SIZE_MAX / 4)));
}

static void absurd_sizes_give_null_and_charge_nothing(void **state)
{
    static const size_t absurd[] = { SIZE_MAX,
                                     SIZE_MAX - 1,
                                     SIZE_MAX - 15,
                                     SIZE_MAX - 16,
                                     SIZE_MAX - 64,
                                     SIZE_MAX / 2 + 1,
                                     (size_t)PTRDIFF_MAX,
                                     (size_t)PTRDIFF_MAX - 1,
                                     (size_t)PTRDIFF_MAX - 16,
                                     (size_t)PTRDIFF_MAX - 24 };
    (void)state;
    for (size_t i = 0; i < sizeof absurd / sizeof absurd[0]; i++) {
        size_t size = hidden_size(absurd[i]);
        uint64_t failures = stats_of(NULL, true).failures;
        for (size_t w = 0; w < WAY_COUNT; w++)
            assert_null(ways[w].make(size));
        assert_int_equal(stats_of(NULL, true).failures - failures, WAY_COUNT);
    }
#if SIZE_MAX > 0xffffffffu
    assert_null(trackmem_malloc(hidden_size((size_t)1 << 40))); /* the C library refuses */
    assert_null(trackmem_malloc(hidden_size((size_t)1 << 47)));
    assert_null(trackmem_malloc(hidden_size((size_t)1 << 48)));
    assert_null(trackmem_malloc(hidden_size(((size_t)1 << 48) + 1)));
#endif
}

static void alignments_of_powers_of_two_hold_and_others_fail(void **state)
{
    (void)state;
    for (size_t alignment = 1; alignment <= 65536; alignment *= 2) {
        for (size_t s = 0; s < SIZE_COUNT; s++) {
            char *block = trackmem_aligned_alloc(alignment, sizes[s]);
            assert_non_null(block);
            assert_int_equal((uintptr_t)block % alignment, 0);
            assert_int_equal((uintptr_t)block % TRACKMEM_ALIGNMENT, 0);
            assert_int_equal(trackmem_size(block), sizes[s]);
            fill(block, sizes[s], 3);
            assert_true(is_filled(block, sizes[s], 3));
            trackmem_aligned_free(block);
        }
    }
    for (size_t alignment = 0; alignment < 200; alignment++) {
        if (alignment != 0 && (alignment & (alignment - 1)) == 0)
            continue;
        assert_null(trackmem_aligned_alloc(hidden_size(alignment), 10));
        assert_null(trackmem_aligned_realloc(NULL, hidden_size(alignment), 10));
    }
    assert_null(trackmem_aligned_alloc(hidden_size(SIZE_MAX / 2 + 1), 10));
    assert_null(trackmem_aligned_alloc(hidden_size(SIZE_MAX), 10));
}

static void overhead_is_a_header_and_at_most_the_alignment(void **state)
{
    (void)state;
    for (size_t alignment = 1; alignment <= 4096; alignment *= 2) {
        void *block = trackmem_aligned_alloc(alignment, 100);
        uint64_t overhead = stats_of(NULL, true).overhead_bytes;
        assert_int_equal(overhead, alignment <= TRACKMEM_ALIGNMENT ? 16 : 16 + alignment);
        trackmem_aligned_free(block);
        assert_int_equal(stats_of(NULL, true).overhead_bytes, 0);
    }
}

static void memdup_copies_and_takes_null_for_nothing(void **state)
{
    char original[300];
    char *copy;
    (void)state;
    fill(original, sizeof original, 77);
    copy = trackmem_memdup(original, sizeof original);
    assert_memory_equal(copy, original, sizeof original);
    trackmem_free(copy);
    copy = (trackmem_memdup_in)(&shelf, original, 5);
    assert_memory_equal(copy, original, 5);
    trackmem_free(copy);
    copy = trackmem_memdup(NULL, 0);
    assert_non_null(copy);
    assert_int_equal(trackmem_size(copy), 0);
    trackmem_free(copy);
}

struct shape {
    double sides[3];
    int count;
};

static void new_makes_typed_blocks(void **state)
{
    struct shape *one = TRACKMEM_NEW(struct shape);
    struct shape *zero = TRACKMEM_NEW0(struct shape);
    struct shape *many = TRACKMEM_NEW_ARRAY(struct shape, 7);
    struct shape *one_in = TRACKMEM_NEW_IN(&shelf, struct shape);
    struct shape *zero_in = TRACKMEM_NEW0_IN(&shelf, struct shape);
    struct shape *many_in = TRACKMEM_NEW_ARRAY_IN(&shelf, struct shape, 9);
    (void)state;
    assert_int_equal(trackmem_size(one), sizeof(struct shape));
    assert_true(is_zero(zero, sizeof *zero));
    assert_int_equal(trackmem_size(many), 7 * sizeof(struct shape));
    assert_int_equal(trackmem_size(one_in), sizeof(struct shape));
    assert_true(is_zero(zero_in, sizeof *zero_in));
    assert_int_equal(trackmem_size(many_in), 9 * sizeof(struct shape));
    assert_int_equal(live_bytes(&shelf), 11 * sizeof(struct shape));
    trackmem_free(one);
    trackmem_free(zero);
    trackmem_free(many);
    trackmem_free(one_in);
    trackmem_free(zero_in);
    trackmem_free(many_in);
}

static void arguments_of_the_macros_are_evaluated_once(void **state)
{
    char *blocks[3] = { NULL, NULL, NULL };
    size_t next = 0;
    size_t size = 10;
    (void)state;
    blocks[next++] = trackmem_malloc(size++);
    blocks[next++] = trackmem_calloc(1, size++);
    blocks[next++] = trackmem_realloc(NULL, size++);
    assert_int_equal(size, 13);
    while (next > 0)
        trackmem_free(blocks[--next]);
    assert_int_equal(next, 0);
}

static void size_of_null_is_0(void **state)
{
    (void)state;
    assert_int_equal(trackmem_size(NULL), 0);
    assert_null(trackmem_domain_of(NULL));
}

static void free_sized_with_a_wrong_size_reports_and_frees(void **state)
{
    void *block = trackmem_malloc(100);
    (void)state;
    trackmem_free_sized(block, 99);
    assert_misuse(TRACKMEM_MISUSE_WRONG_SIZE);
    assert_string_equal(witness.id, "wrong-size");
    assert_int_equal(witness.last.size, 100);
    assert_int_equal(live_blocks(NULL), 0);
    witness_begin();
}

static void trim_gives_back_what_the_thread_keeps(void **state)
{
    void *blocks[50];
    (void)state;
    trackmem_trim();
    for (size_t i = 0; i < 50; i++)
        blocks[i] = trackmem_malloc(100 + i);
    for (size_t i = 0; i < 50; i++)
        trackmem_free(blocks[i]);
    trackmem_trim();
    trackmem_trim();
    for (size_t i = 0; i < 50; i++) {
        blocks[i] = trackmem_malloc(100 + i);
        fill(blocks[i], 100 + i, (unsigned)i);
    }
    for (size_t i = 0; i < 50; i++) {
        assert_true(is_filled(blocks[i], 100 + i, (unsigned)i));
        trackmem_free(blocks[i]);
    }
}

static void many_blocks_of_all_classes_do_not_overlap(void **state)
{
    enum { BLOCKS = 3000 };
    static unsigned char *blocks[BLOCKS];
    static size_t lengths[BLOCKS];
    uint32_t random = 12345;
    (void)state;
    for (int round = 0; round < 6; round++) {
        for (size_t i = 0; i < BLOCKS; i++) {
            random = random * 1664525u + 1013904223u;
            if (blocks[i] != NULL) {
                assert_true(is_filled(blocks[i], lengths[i], (unsigned)i));
                if (random & 0x10000) {
                    trackmem_free(blocks[i]);
                    blocks[i] = NULL;
                    continue;
                }
            } else {
                lengths[i] = (random >> 8) % (TMI_REUSE_MAX + 100);
                blocks[i] = trackmem_malloc(lengths[i]);
                assert_non_null(blocks[i]);
                fill(blocks[i], lengths[i], (unsigned)i);
            }
        }
    }
    for (size_t i = 0; i < BLOCKS; i++) {
        if (blocks[i] != NULL)
            assert_true(is_filled(blocks[i], lengths[i], (unsigned)i));
        trackmem_free(blocks[i]);
    }
}

static void every_status_has_a_text(void **state)
{
    (void)state;
    for (int status = TRACKMEM_OK; status <= TRACKMEM_UNSUPPORTED; status++) {
        const char *text = trackmem_status_text((enum trackmem_status)status);
        assert_true(strlen(text) > 3);
        assert_string_not_equal(text, "unknown status");
        for (int other = TRACKMEM_OK; other < status; other++)
            assert_string_not_equal(text, trackmem_status_text((enum trackmem_status)other));
    }
    assert_string_equal(trackmem_status_text((enum trackmem_status)99), "unknown status");
    assert_string_equal(trackmem_status_text((enum trackmem_status) - 1), "unknown status");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_verb_makes_blocks_of_every_size_that_are_charged_and_freed),
        TEST(every_free_accepts_every_size),
        TEST(every_verb_has_its_call_site),
        TEST(blocks_of_size_0_are_different_blocks),
        TEST(calloc_clears_spans_that_were_used_before),
        TEST(products_that_overflow_give_null_and_are_counted_as_failures),
        TEST(absurd_sizes_give_null_and_charge_nothing),
        TEST(alignments_of_powers_of_two_hold_and_others_fail),
        TEST(overhead_is_a_header_and_at_most_the_alignment),
        TEST(memdup_copies_and_takes_null_for_nothing),
        TEST(new_makes_typed_blocks),
        TEST(arguments_of_the_macros_are_evaluated_once),
        TEST(size_of_null_is_0),
        TEST(free_sized_with_a_wrong_size_reports_and_frees),
        TEST(trim_gives_back_what_the_thread_keeps),
        TEST(many_blocks_of_all_classes_do_not_overlap),
        TEST(every_status_has_a_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
