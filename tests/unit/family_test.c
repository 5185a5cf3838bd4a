/*
 * Families: registration, names, blocks.
 */
#include "unit.h"

#include <trackmem/family.h>

#include "witness.h"

static TRACKMEM_DEFINE_DOMAIN(shelf, "shelf", NULL);

static trackmem_family arena;

static int register_arena(void **state)
{
    (void)state;
    arena = trackmem_family_register(
        &(struct trackmem_family_info){ "arena", "arena_alloc", "arena_free" });
    return arena != TRACKMEM_FAMILY_NONE ? 0 : -1;
}

static void families_are_registered_once_by_name(void **state)
{
    struct trackmem_family_info info = { "arena", "other", "other" };
    char name[] = "copied name";
    trackmem_family copied = trackmem_family_register(
        &(struct trackmem_family_info){ name, "copied_alloc", "copied_free" });
    (void)state;
    assert_int_equal(trackmem_family_register(&info), arena);
    assert_string_equal(trackmem_family_name(arena), "arena");
    name[0] = 'X';
    assert_string_equal(trackmem_family_name(copied), "copied name");
    assert_string_equal(trackmem_family_name(TRACKMEM_FAMILY_PLAIN), "trackmem");
    assert_string_equal(trackmem_family_name(TRACKMEM_FAMILY_ALIGNED), "aligned");
    assert_string_equal(trackmem_family_name(TRACKMEM_FAMILY_LIBC), "libc");
    assert_string_equal(trackmem_family_name(TRACKMEM_FAMILY_NONE), "unknown");
    assert_string_equal(trackmem_family_name(63), "unknown");
    assert_string_equal(trackmem_family_name(64), "unknown");
    assert_string_equal(trackmem_family_name(0xffffffffu), "unknown");
    assert_int_equal(trackmem_family_register(NULL), TRACKMEM_FAMILY_NONE);
    info.name = NULL;
    assert_int_equal(trackmem_family_register(&info), TRACKMEM_FAMILY_NONE);
    info.name = "";
    assert_int_equal(trackmem_family_register(&info), TRACKMEM_FAMILY_NONE);
    info.name = "no free";
    info.free_verb = NULL;
    assert_int_equal(trackmem_family_register(&info), TRACKMEM_FAMILY_NONE);
}

static void families_that_nobody_registered_have_no_blocks(void **state)
{
    static const trackmem_family strange[] = {
        TRACKMEM_FAMILY_NONE, TRACKMEM_FAMILY_LIBC, 62, 64, 65, 0xffffffffu
    };
    (void)state;
    for (size_t i = 0; i < sizeof strange / sizeof strange[0]; i++) {
        assert_null(trackmem_family_malloc(strange[i], NULL, 0, 10));
        assert_null(trackmem_family_realloc(strange[i], NULL, 0, 10));
    }
    assert_nothing_alive();
}

static void a_family_s_blocks_keep_alignment_and_domain_when_resized(void **state)
{
    char *block = trackmem_family_malloc_at(TRACKMEM_SITE, arena, &shelf, 512, 100);
    (void)state;
    witness_begin();
    assert_int_equal((uintptr_t)block % 512, 0);
    fill(block, 100, 1);
    block = trackmem_family_realloc_at(TRACKMEM_SITE, arena, block, 0, 100000);
    assert_int_equal((uintptr_t)block % 512, 0);
    assert_true(is_filled(block, 100, 1));
    assert_int_equal(live_bytes(&shelf), 100000);
    assert_null(trackmem_family_realloc(arena, block, 0, hidden_size(SIZE_MAX)));
    assert_null(trackmem_family_malloc(arena, NULL, 48, 10));
    trackmem_family_free_at(TRACKMEM_SITE, arena, block);
    trackmem_family_free(arena, NULL);
    assert_no_misuse();
    assert_nothing_alive();
}

static void a_family_without_a_domain_charges_as_other_verbs_do(void **state)
{
    void *block;
    (void)state;
    assert_int_equal(trackmem_domain_push(&shelf), TRACKMEM_OK);
    block = trackmem_family_malloc(arena, NULL, 0, 10);
    assert_int_equal(trackmem_domain_pop(), TRACKMEM_OK);
    assert_true(trackmem_domain_same(trackmem_domain_of(block), &shelf));
    trackmem_family_free(arena, block);
}

/* A family that puts a header of 48 bytes before each block, as ralloc does. */
#define OWN_HEADER 48

struct described {
    int calls;
    const void *start;
    size_t size;
    struct trackmem_site *site;
};

static bool describe(const void *start, size_t size, const void *ptr,
                     struct trackmem_sub_block *sub_block, void *user)
{
    struct described *seen = user;
    seen->calls++;
    seen->start = start;
    seen->size = size;
    if ((const char *)ptr != (const char *)start + OWN_HEADER)
        return false;
    sub_block->start = ptr;
    sub_block->size = size - OWN_HEADER;
    sub_block->context = "the context";
    sub_block->site = seen->site;
    return true;
}

static void a_sub_block_is_named_by_its_family(void **state)
{
    struct described seen = { .site = TRACKMEM_SITE };
    char *block = trackmem_family_malloc(arena, &shelf, 0, OWN_HEADER + 72);
    (void)state;
    assert_int_equal(trackmem_family_set_describe(arena, describe, &seen), TRACKMEM_OK);
    witness_begin();
    trackmem_free(hidden(block + OWN_HEADER));
    assert_misuse(TRACKMEM_MISUSE_SUB_BLOCK);
    assert_int_equal(seen.calls, 1);
    assert_ptr_equal(seen.start, block);
    assert_int_equal(seen.size, OWN_HEADER + 72);
    assert_ptr_equal(witness.last.block, block);
    assert_ptr_equal(witness.last.sub_block, block + OWN_HEADER);
    assert_int_equal(witness.last.size, 72);
    assert_int_equal(witness.last.made_by, arena);
    assert_non_null(strstr(witness.text, "sub-block of an arena context"));
    assert_non_null(strstr(witness.text, "72 bytes, of the context"));
    assert_non_null(strstr(witness.allocated, "family_test.c"));
    assert_string_equal(witness.allocated_function, "a_sub_block_is_named_by_its_family");
    witness_begin();
    assert_null(trackmem_realloc(hidden(block + OWN_HEADER), 5));
    assert_misuse(TRACKMEM_MISUSE_SUB_BLOCK);
    witness_begin();
    assert_int_equal(trackmem_size(block + OWN_HEADER), 0);
    assert_misuse(TRACKMEM_MISUSE_SUB_BLOCK);

    /* What it knows nothing of is an interior pointer, as ever. */
    witness_begin();
    trackmem_free(hidden(block + 32));
    assert_misuse(TRACKMEM_MISUSE_INTERIOR_POINTER);

    /* Where it does not know the site, the block's own is shown. */
    seen.site = NULL;
    witness_begin();
    trackmem_free(hidden(block + OWN_HEADER));
    assert_misuse(TRACKMEM_MISUSE_SUB_BLOCK);
    assert_non_null(strstr(witness.allocated, "family_test.c"));

    assert_int_equal(trackmem_family_set_describe(arena, NULL, NULL), TRACKMEM_OK);
    witness_begin();
    trackmem_free(hidden(block + OWN_HEADER));
    assert_misuse(TRACKMEM_MISUSE_INTERIOR_POINTER);
    trackmem_family_free(arena, block);
    assert_nothing_alive();
}

static void only_registered_families_can_describe(void **state)
{
    (void)state;
    assert_int_equal(trackmem_family_set_describe(TRACKMEM_FAMILY_NONE, describe, NULL),
                     TRACKMEM_NOT_FOUND);
    assert_int_equal(trackmem_family_set_describe(TRACKMEM_FAMILY_PLAIN, describe, NULL),
                     TRACKMEM_NOT_FOUND);
    assert_int_equal(trackmem_family_set_describe(62, describe, NULL), TRACKMEM_NOT_FOUND);
    assert_int_equal(trackmem_family_set_describe(64, describe, NULL), TRACKMEM_NOT_FOUND);
}

static void all_numbers_of_families_can_be_taken(void **state)
{
    char name[32];
    unsigned count = 0;
    trackmem_family last = TRACKMEM_FAMILY_NONE;
    void *block;
    (void)state;
    witness_begin();
    for (; count < 100; count++) {
        trackmem_family family;
        (void)snprintf(name, sizeof name, "family %u", count);
        family = trackmem_family_register(&(struct trackmem_family_info){ name, "make", "end" });
        if (family == TRACKMEM_FAMILY_NONE)
            break;
        last = family;
    }
    assert_in_range(count, 50, 60);
    assert_int_equal(last, 63);
    block = trackmem_family_malloc(last, NULL, 0, 10);
    assert_int_equal(trackmem_size(block), 10);
    trackmem_free(hidden(block));
    assert_misuse(TRACKMEM_MISUSE_MISMATCHED_FAMILY);
    assert_int_equal(witness.last.made_by, 63);
    trackmem_family_free(last, block);
    assert_nothing_alive();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(families_are_registered_once_by_name),
        cmocka_unit_test(families_that_nobody_registered_have_no_blocks),
        cmocka_unit_test(a_family_s_blocks_keep_alignment_and_domain_when_resized),
        cmocka_unit_test(a_family_without_a_domain_charges_as_other_verbs_do),
        cmocka_unit_test(a_sub_block_is_named_by_its_family),
        cmocka_unit_test(only_registered_families_can_describe),
        cmocka_unit_test(all_numbers_of_families_can_be_taken),
    };
    return cmocka_run_group_tests(tests, register_arena, NULL);
}
