/*
 * The reader of the kernel's list of mappings, held against mappings that are known.
 */
#include "unit.h"

#include <string.h>

#include "platform/maps_linux.h"
#include "platform/platform.h"

static const char constant[] = "read only";

struct walk {
    uintptr_t wanted;
    uintptr_t end; /* of the last */
    char rights[5];
    unsigned count;
    unsigned most;
};

static bool step(const struct tmi_map *map, void *user)
{
    struct walk *walk = user;

    assert_true(map->start >= walk->end || map->start > INTPTR_MAX); /* the kernel's own page */
    assert_true(map->end > map->start);
    walk->end = map->end;
    if (walk->wanted - map->start < map->end - map->start)
        memcpy(walk->rights, map->rights, sizeof map->rights);
    return ++walk->count != walk->most;
}

static void all_is_visited_by_ascending_address(void **state)
{
    void *pages = tmi_platform_map(100000);
    struct walk walk = { .wanted = (uintptr_t)pages };

    (void)state;
    assert_non_null(pages);
    assert_true(tmi_maps_visit(step, &walk));
    assert_string_equal(walk.rights, "rw-p");
    assert_true(walk.count > 3);
    tmi_platform_unmap(pages, 100000);
}

static void a_visit_ends_when_it_is_told_to(void **state)
{
    struct walk walk = { .most = 2 };

    (void)state;
    assert_true(tmi_maps_visit(step, &walk));
    assert_int_equal(walk.count, 2);
}

static void what_is_mapped_at_an_address_is_found(void **state)
{
    struct tmi_mapped mapped = tmi_mapped_at(constant);

    (void)state;
    assert_true(mapped.found && mapped.readable);
    assert_true((uintptr_t)constant - mapped.start < mapped.end - mapped.start);
    assert_non_null(strstr(mapped.path, "maps_test"));
    assert_non_null(mapped.head);
    assert_memory_equal(mapped.head, "\177ELF", 4);
    assert_false(tmi_mapped_at((const void *)(uintptr_t)16).found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_is_visited_by_ascending_address),
        cmocka_unit_test(a_visit_ends_when_it_is_told_to),
        cmocka_unit_test(what_is_mapped_at_an_address_is_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
