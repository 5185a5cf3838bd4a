/*
 * The matrix: a block of each family reaches each verb. A wrong one is named, with both families
 * and both sites, and survived: the block is alive, untouched and charged as before.
 */
#include "unit.h"

#include <trackmem/family.h>

#include "witness.h"

TRACKMEM_DEFINE_DOMAIN(matrix, "matrix", NULL);

static trackmem_family arena;
static trackmem_family silent; /* without a name for its allocating verb */

enum {
    LIBC,
    PLAIN,
    CALLOC,
    ALIGNED,
    ALIGNED_LITTLE,
    ARENA,
    ARENA_ALIGNED,
    SILENT,
    ADOPTED,
    MAKERS
};

/* Makers: the name of the function is that of the site. */

static void *make_libc(size_t size)
{
    return trackmem_libc_malloc(size);
}

static void *make_plain(size_t size)
{
    return trackmem_malloc_in(&matrix, size);
}

static void *make_calloc(size_t size)
{
    return trackmem_calloc_in(&matrix, size, 1);
}

static void *make_aligned(size_t size)
{
    return trackmem_aligned_alloc_in(&matrix, 128, size);
}

static void *make_aligned_little(size_t size)
{
    return trackmem_aligned_alloc_in(&matrix, 8, size);
}

static void *make_arena(size_t size)
{
    return trackmem_family_malloc(arena, &matrix, 0, size);
}

static void *make_arena_aligned(size_t size)
{
    return trackmem_family_malloc(arena, &matrix, 256, size);
}

static void *make_silent(size_t size)
{
    return trackmem_family_malloc(silent, &matrix, 0, size);
}

static void *make_adopted(size_t size)
{
    void *block = trackmem_libc_malloc(size);
    assert_int_equal(trackmem_domain_push(&matrix), TRACKMEM_OK);
    assert_int_equal(trackmem_adopt(block, size), TRACKMEM_OK);
    assert_int_equal(trackmem_domain_pop(), TRACKMEM_OK);
    return block;
}

/* Verbs. Each returns what is left of the block: NULL if it is gone. */

static void *use_free(void *ptr, size_t size)
{
    (void)size;
    trackmem_free(ptr);
    return NULL;
}

static void *use_free_sized(void *ptr, size_t size)
{
    trackmem_free_sized(ptr, size);
    return NULL;
}

static void *use_aligned_free(void *ptr, size_t size)
{
    (void)size;
    trackmem_aligned_free(ptr);
    return NULL;
}

static void *use_arena_free(void *ptr, size_t size)
{
    (void)size;
    trackmem_family_free(arena, ptr);
    return NULL;
}

static void *use_silent_free(void *ptr, size_t size)
{
    (void)size;
    trackmem_family_free(silent, ptr);
    return NULL;
}

static void *use_realloc(void *ptr, size_t size)
{
    return trackmem_realloc(ptr, size * 2);
}

static void *use_reallocarray(void *ptr, size_t size)
{
    return trackmem_reallocarray(ptr, size, 2);
}

static void *use_aligned_realloc(void *ptr, size_t size)
{
    return trackmem_aligned_realloc(ptr, 64, size * 2);
}

static void *use_arena_realloc(void *ptr, size_t size)
{
    return trackmem_family_realloc(arena, ptr, 0, size * 2);
}

static void *use_silent_realloc(void *ptr, size_t size)
{
    return trackmem_family_realloc(silent, ptr, 0, size * 2);
}

static void *use_export(void *ptr, size_t size)
{
    (void)size;
    trackmem_libc_free(trackmem_export(ptr));
    return NULL;
}

static void *use_transfer(void *ptr, size_t size)
{
    (void)size;
    (void)trackmem_transfer(ptr, &matrix);
    return ptr;
}

static void *use_size(void *ptr, size_t size)
{
    size_t told = trackmem_size(ptr);
    assert_true(witness.count != 0 ? told == 0 : told == size);
    return ptr;
}

static void *use_domain_of(void *ptr, size_t size)
{
    struct trackmem_domain *told = trackmem_domain_of(ptr);
    (void)size;
    assert_true(witness.count != 0 ? told == NULL : trackmem_domain_same(told, &matrix));
    return ptr;
}

struct maker {
    const char *function;
    void *(*make)(size_t size);
    trackmem_family *family;
    int free_verb; /* the verb that frees it rightly */
};

struct verb {
    const char *function;
    void *(*use)(void *ptr, size_t size);
    const char *name;
    unsigned takes; /* bits of makers */
    trackmem_family *family;
};

static trackmem_family libc_family = TRACKMEM_FAMILY_LIBC;
static trackmem_family plain_family = TRACKMEM_FAMILY_PLAIN;
static trackmem_family aligned_family = TRACKMEM_FAMILY_ALIGNED;

#define BIT(maker)  (1u << (maker))
#define ANY_OF_OURS (BIT(MAKERS) - 1 - BIT(LIBC))

static const struct verb verbs[] = {
    { "use_free", use_free, "trackmem_free", BIT(PLAIN) | BIT(CALLOC) | BIT(ADOPTED),
      &plain_family },
    { "use_aligned_free", use_aligned_free, "trackmem_aligned_free",
      BIT(ALIGNED) | BIT(ALIGNED_LITTLE), &aligned_family },
    { "use_arena_free", use_arena_free, "arena_free", BIT(ARENA) | BIT(ARENA_ALIGNED), &arena },
    { "use_silent_free", use_silent_free, "silent_free", BIT(SILENT), &silent },
    { "use_free_sized", use_free_sized, "trackmem_free_sized",
      BIT(PLAIN) | BIT(CALLOC) | BIT(ADOPTED), &plain_family },
    { "use_realloc", use_realloc, "trackmem_realloc", BIT(PLAIN) | BIT(CALLOC) | BIT(ADOPTED),
      &plain_family },
    { "use_reallocarray", use_reallocarray, "trackmem_reallocarray",
      BIT(PLAIN) | BIT(CALLOC) | BIT(ADOPTED), &plain_family },
    { "use_aligned_realloc", use_aligned_realloc, "trackmem_aligned_realloc",
      BIT(ALIGNED) | BIT(ALIGNED_LITTLE), &aligned_family },
    { "use_arena_realloc", use_arena_realloc, "trackmem_family_realloc",
      BIT(ARENA) | BIT(ARENA_ALIGNED), &arena },
    { "use_silent_realloc", use_silent_realloc, "trackmem_family_realloc", BIT(SILENT), &silent },
    { "use_export", use_export, "trackmem_export", ANY_OF_OURS, NULL },
    { "use_transfer", use_transfer, "trackmem_transfer", ANY_OF_OURS, NULL },
    { NULL, use_size, "trackmem_size", ANY_OF_OURS, NULL },
    { NULL, use_domain_of, "trackmem_domain_of", ANY_OF_OURS, NULL },
};
#define VERBS (sizeof verbs / sizeof verbs[0])

static const struct maker makers[MAKERS] = {
    [LIBC] = { "make_libc", make_libc, &libc_family, -1 },
    [PLAIN] = { "make_plain", make_plain, &plain_family, 0 },
    [CALLOC] = { "make_calloc", make_calloc, &plain_family, 0 },
    [ALIGNED] = { "make_aligned", make_aligned, &aligned_family, 1 },
    [ALIGNED_LITTLE] = { "make_aligned_little", make_aligned_little, &aligned_family, 1 },
    [ARENA] = { "make_arena", make_arena, &arena, 2 },
    [ARENA_ALIGNED] = { "make_arena_aligned", make_arena_aligned, &arena, 2 },
    [SILENT] = { "make_silent", make_silent, &silent, 3 },
    [ADOPTED] = { "make_adopted", make_adopted, &libc_family, 0 },
};

static const size_t sizes[] = { 1, 24, 1000, 1032, 1033, 5000, 65536, 150000, 1 << 20 };

static int register_families(void **state)
{
    (void)state;
    arena = trackmem_family_register(
        &(struct trackmem_family_info){ "arena", "arena_alloc", "arena_free" });
    silent = trackmem_family_register(
        &(struct trackmem_family_info){ "silent", NULL, "silent_free" });
    return arena != TRACKMEM_FAMILY_NONE && silent != TRACKMEM_FAMILY_NONE ? 0 : -1;
}

static void free_rightly(int maker, void *block, size_t size)
{
    if (maker == LIBC)
        trackmem_libc_free(block);
    else
        verbs[makers[maker].free_verb].use(block, size);
}

static void check_taken(int maker, const struct verb *verb, size_t size)
{
    char *block = makers[maker].make(size);
    char *left;
    fill(block, size, 1);
    left = verb->use(hidden(block), size);
    assert_no_misuse();
    if (left != NULL) {
        assert_true(is_filled(left, size, 1));
        assert_int_equal(live_blocks(&matrix), 1);
        free_rightly(maker, left, trackmem_size(left));
    }
    assert_no_misuse();
    assert_nothing_alive();
}

static void check_refused(int maker, const struct verb *verb, size_t size)
{
    const struct maker *from = &makers[maker];
    char *block = from->make(size);
    struct trackmem_stats before = stats_of(NULL, true);
    struct trackmem_stats after;
    void *left;

    fill(block, size, 2);
    left = verb->use(hidden(block), size);
    assert_misuse(TRACKMEM_MISUSE_MISMATCHED_FAMILY);
    assert_null(left);
    assert_string_equal(witness.id, "mismatched-family");
    assert_string_equal(witness.verb, verb->name);
    assert_int_equal(witness.last.made_by, *from->family);
    assert_int_equal(witness.last.freed_by, *verb->family);
    assert_ptr_equal(witness.last.ptr, block);
    assert_ptr_equal(witness.last.block, block);
    assert_int_equal(witness.last.offset, 0);
    assert_int_equal(witness.last.size, size);
    assert_true(trackmem_domain_same(witness.last.domain, &matrix));
    assert_string_equal(witness.allocated_function, from->function);
    assert_string_equal(witness.here_function, verb->function);
    assert_non_null(strstr(witness.allocated, "mismatch_test.c:"));
    assert_non_null(strstr(witness.text, from->function));
    assert_non_null(strstr(witness.text, verb->function));
    assert_non_null(strstr(witness.text, trackmem_family_name(*from->family)));
    assert_non_null(strstr(witness.text, verb->name));

    witness_begin();
    after = stats_of(NULL, true);
    assert_memory_equal(&before, &after, sizeof before);
    assert_int_equal(trackmem_size(block), size);
    assert_true(is_filled(block, size, 2));
    free_rightly(maker, block, size);
    assert_no_misuse();
    assert_nothing_alive();
}

static void check_foreign(const struct verb *verb, size_t size)
{
    char *block = trackmem_libc_malloc(size);
    fill(block, size, 3);
    (void)verb->use(hidden(block), size);
    assert_misuse(TRACKMEM_MISUSE_FOREIGN_POINTER);
    assert_string_equal(witness.id, "foreign-pointer");
    assert_string_equal(witness.verb, verb->name);
    assert_ptr_equal(witness.last.ptr, block);
    assert_int_equal(witness.last.made_by, TRACKMEM_FAMILY_NONE);
    if (verb->function != NULL)
        assert_string_equal(witness.here_function, verb->function);
    assert_true(is_filled(block, size, 3));
    trackmem_libc_free(block);
    assert_nothing_alive();
}

static void every_family_at_every_verb(void **state)
{
    (void)state;
    /* The C library first: later its blocks may stand where one of ours was freed. */
    for (int maker = 0; maker < MAKERS; maker++) {
        for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
            for (size_t v = 0; v < VERBS; v++) {
                witness_begin();
                if (maker == LIBC)
                    check_foreign(&verbs[v], sizes[s]);
                else if (verbs[v].takes & BIT(maker))
                    check_taken(maker, &verbs[v], sizes[s]);
                else
                    check_refused(maker, &verbs[v], sizes[s]);
            }
        }
    }
}

static void the_mend_names_the_verb_that_takes_the_block(void **state)
{
    static const char *const mends[MAKERS] = {
        [PLAIN] = "freed with trackmem_free",
        [ALIGNED] = "what trackmem_aligned_alloc made is freed with trackmem_aligned_free",
        [ARENA] = "what arena_alloc made is freed with arena_free",
        [SILENT] = "it is freed with silent_free",
        [ADOPTED] = "it was adopted: free it with trackmem_free",
    };
    (void)state;
    for (int maker = 0; maker < MAKERS; maker++) {
        void *block;
        if (mends[maker] == NULL)
            continue;
        witness_begin();
        block = makers[maker].make(40);
        if (maker == ALIGNED)
            trackmem_free(hidden(block));
        else
            trackmem_aligned_free(hidden(block));
        assert_misuse(TRACKMEM_MISUSE_MISMATCHED_FAMILY);
        if (strstr(witness.text, mends[maker]) == NULL)
            print_message("%s", witness.text);
        assert_non_null(strstr(witness.text, mends[maker]));
        free_rightly(maker, block, 40);
    }
}

static void verbs_by_pointer_are_checked_as_well(void **state)
{
    void (*release)(void *) = trackmem_free;
    void (*aligned_release)(void *) = trackmem_aligned_free;
    void *(*resize)(void *, size_t) = trackmem_realloc;
    void *block = trackmem_malloc(10);
    void *aligned = trackmem_aligned_alloc(64, 10);
    (void)state;
    witness_begin();
    release(hidden(aligned));
    assert_misuse(TRACKMEM_MISUSE_MISMATCHED_FAMILY);
    witness_begin();
    aligned_release(hidden(block));
    assert_misuse(TRACKMEM_MISUSE_MISMATCHED_FAMILY);
    witness_begin();
    assert_null(resize(hidden(aligned), 100));
    assert_misuse(TRACKMEM_MISUSE_MISMATCHED_FAMILY);
    witness_begin();
    release(block);
    aligned_release(aligned);
    assert_no_misuse();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_family_at_every_verb),
        cmocka_unit_test(the_mend_names_the_verb_that_takes_the_block),
        cmocka_unit_test(verbs_by_pointer_are_checked_as_well),
    };
    return cmocka_run_group_tests(tests, register_families, NULL);
}
