/*
 * Stacks that begin where another one began, and whose return addresses stand where its stood, or
 * still stand: each is told from the other, the second time as the first.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

#include "stack/stack.h"
#include "stack_begin.h"
#include "stack_shapes.h"
#include "unit.h"

static struct tmi_stack_thread *of_thread;
static size_t wanted = 16;
static uint32_t taken_id;
static struct tmi_stack taken;
static uintptr_t taken_at; /* where it began */

__attribute__((__noinline__)) static void take(void *user)
{
    uint32_t id = tmi_stack_here(of_thread, TMI_FRAME(), wanted);
    uint32_t again = tmi_stack_here(of_thread, TMI_FRAME(), wanted);

    (void)user;
    assert_int_equal(again, id);
    taken_id = id;
    taken_at = (uintptr_t)TMI_FRAME();
    assert_true(tmi_stack_read(id, &taken));
    assert_true(taken.count > 1);
    for (size_t i = 0; i + 1 < taken.count && i < stack_deep; ++i) /* the first is take's caller */
        assert_int_equal(taken.frames[i + 1], stack_truth[stack_deep - 1 - i]);
}

static int start(void **state)
{
    (void)state;
    of_thread = stack_begin();
    return of_thread == NULL;
}

static void each_way_of_a_recursion_is_told_apart(void **state)
{
    (void)state;
    for (int round = 0; round < 3; ++round) {
        for (unsigned turns = 0; turns < 1024; ++turns) {
            stack_branch(turns, 10, take, NULL);
            assert_true(taken.count > 10);
        }
    }
}

static void a_cut_off_stack_is_told_from_a_longer_one(void **state)
{
    size_t whole;

    (void)state;
    wanted = TMI_STACK_MOST;
    stack_branch(0x15, 20, take, NULL);
    whole = taken.count;
    assert_in_range(whole, 20, TMI_STACK_MOST - 5);
    for (int round = 0; round < 3; ++round) {
        for (wanted = 2; wanted < whole + 5; ++wanted) {
            stack_branch(0x15, 20, take, NULL);
            assert_int_equal(taken.count, wanted < whole ? wanted : whole);
        }
    }
    wanted = 16;
}

/* What the first has left where it looked for a return address is what it looked for. */
static void frames_that_slide_are_told_apart(void **state)
{
    (void)state;
    for (int round = 0; round < 3; ++round) {
        uintptr_t began = 0;

        for (size_t outer = 0; outer <= 1024; outer += 128) {
            for (int turn = 0; turn < 2; ++turn) {
                stack_slide(outer, 1024, turn != 0, take, NULL);
                assert_true(began == 0 || taken_at == began);
                began = taken_at;
            }
        }
    }
}

static void frames_that_are_realigned_are_told_apart(void **state)
{
    (void)state;
    for (int round = 0; round < 3; ++round) {
        for (size_t outer = 0; outer <= 256; outer += 16) {
            stack_realign((unsigned)outer / 16 % 5, take, NULL);
            assert_true(taken.count > 1);
        }
    }
}

static int compare(const void *left, const void *right)
{
    uint32_t id;

    take(NULL);
    id = tmi_stack_here(of_thread, TMI_FRAME(), TMI_STACK_MOST);
    assert_int_equal(tmi_stack_here(of_thread, TMI_FRAME(), TMI_STACK_MOST), id);
    assert_int_equal(tmi_stack_here(NULL, TMI_FRAME(), TMI_STACK_MOST), id); /* by the unwinder */
    return (*(const int *)left > *(const int *)right) - (*(const int *)left < *(const int *)right);
}

static void the_c_library_is_walked_as_unwinders_do(void **state)
{
    (void)state;
    for (int round = 0; round < 3; ++round) {
        int numbers[32];

        for (int i = 0; i < 32; ++i)
            numbers[i] = i * 7 % 32;
        qsort(numbers, 32, sizeof *numbers, compare);
        assert_non_null(bsearch(&numbers[3], numbers, 32, sizeof *numbers, compare));
    }
}

#ifdef STACK_MODULES
static uintptr_t call_through(const char *name)
{
    char path[512];
    void *loaded;
    void *address;
    void (*call)(stack_fn * fn, void *user, uintptr_t *here);
    const struct tmi_stack_module *module;

    assert_in_range(snprintf(path, sizeof path, STACK_MODULES "/%s.so", name), 1, sizeof path - 1);
    loaded = dlopen(path, RTLD_NOW);
    assert_non_null(loaded);
    address = dlsym(loaded, "stack_call_through");
    assert_non_null(address);
    memcpy(&call, &address, sizeof call);
    stack_deep = 1;
    for (int i = 0; i < 3; ++i) {
        call(take, NULL, &stack_truth[0]);
        module = tmi_stack_module_of(&taken, 0);
        assert_non_null(module);
        assert_string_equal(strrchr(module->path, '/') + 1, strrchr(path, '/') + 1);
    }
    stack_deep = 0;
    assert_int_equal(dlclose(loaded), 0);
    return taken.frames[0];
}

/* All are built of the same file, and the loader has no reason to place them differently. */
static void a_module_in_the_place_of_another_is_told_apart(void **state)
{
    static const char *const names[] = { "stack_module", "stack_twin_module", "stack_wide_module" };
    uintptr_t first = 0;

    (void)state;
    for (int round = 0; round < 9; ++round) {
        uintptr_t caller = call_through(names[round % 3]);

        if (first != 0 && first != caller)
            skip();
        first = caller;
    }
}
#else
static void a_module_in_the_place_of_another_is_told_apart(void **state)
{
    (void)state;
    skip(); /* no dlopen here */
}
#endif

#ifdef __GLIBC__
static ucontext_t outside;
static ucontext_t inside;

static void first_of_two(void)
{
    stack_branch(1, 3, take, NULL);
}

static void second_of_two(void)
{
    stack_branch(2, 3, take, NULL);
}

static void run_inside(void (*fn)(void))
{
    static char memory[65536];

    assert_int_equal(getcontext(&inside), 0);
    inside.uc_stack.ss_sp = memory;
    inside.uc_stack.ss_size = sizeof memory;
    inside.uc_link = &outside;
    makecontext(&inside, fn, 0);
    assert_int_equal(swapcontext(&outside, &inside), 0);
}

static void coroutines_that_share_a_stack_are_told_apart(void **state)
{
    uint32_t ids[2];

    (void)state;
    for (int round = 0; round < 6; ++round) {
        run_inside(round % 2 == 0 ? first_of_two : second_of_two);
        if (round > 1)
            assert_int_equal(taken_id, ids[round % 2]);
        ids[round % 2] = taken_id;
    }
    assert_int_not_equal(ids[0], ids[1]);
}
#else
static void coroutines_that_share_a_stack_are_told_apart(void **state)
{
    (void)state;
    skip(); /* musl has no makecontext */
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_way_of_a_recursion_is_told_apart),
        cmocka_unit_test(a_cut_off_stack_is_told_from_a_longer_one),
        cmocka_unit_test(frames_that_slide_are_told_apart),
        cmocka_unit_test(frames_that_are_realigned_are_told_apart),
        cmocka_unit_test(the_c_library_is_walked_as_unwinders_do),
        cmocka_unit_test(a_module_in_the_place_of_another_is_told_apart),
        cmocka_unit_test(coroutines_that_share_a_stack_are_told_apart),
    };

    return cmocka_run_group_tests(tests, start, NULL);
}
