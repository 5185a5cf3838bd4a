/*
 * Check mode's slots under a limit of the address space: fewer are reserved, and no more than half
 * of what is left, so that the large blocks of a program have room as well.
 */
#define _GNU_SOURCE
#include <sys/mman.h>
#include <sys/resource.h>

#include "block/slab_shelves.h"
#include "unit.h"

#define LIMIT ((size_t)TMI_SLABS << TMI_SLAB_BITS) /* less than all slots and their tables */

static void half_of_a_limit_is_left(void **state)
{
    struct rlimit limit = { LIMIT, LIMIT };
    void *rest;

    (void)state;
    if (TMI_TSAN) /* whose shadow takes all that there is */
        skip();
    assert_int_equal(setrlimit(RLIMIT_AS, &limit), 0);
    assert_true(tmi_slabs_start(16));
    assert_in_range(tmi_slabs.bytes, LIMIT / 16, LIMIT / 2);
    rest = mmap(NULL, LIMIT / 5 * 2, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(rest, MAP_FAILED);
    assert_int_not_equal(tmi_slab_make(2, false), 0);
    assert_int_equal(munmap(rest, LIMIT / 5 * 2), 0);
}

/* Nothing is kept of reservations that came to nothing. */
static void none_is_kept_of_what_is_too_little(void **state)
{
    struct rlimit limit = { 1, LIMIT };
    size_t bytes = tmi_slabs.bytes;

    (void)state;
    if (TMI_TSAN)
        skip();
    assert_int_equal(setrlimit(RLIMIT_AS, &limit), 0);
    assert_false(tmi_slabs_start(16));
    assert_int_equal(tmi_slabs.bytes, bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(half_of_a_limit_is_left),
        cmocka_unit_test(none_is_kept_of_what_is_too_little),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
