/*
 * Stacks that are not kept, where there are many: their addresses are handed to whoever took them,
 * and to the slot of a block. What is read there is what the stack was, for as long as it is the
 * block's; seen again, it is kept; and equal ones have one number, however each was told.
 */
#include <stdlib.h>
#include <string.h>

#include "block/slots.h"
#include "stack/known.h"
#include "stack_begin.h"
#include "stack_shapes.h"
#include "unit.h"

#define DEPTH 16u
#define CLASS 4u

static struct tmi_stack_thread *of_thread;
static struct tmi_checked_nest nest;
static uint32_t taken; /* as it was told */
static struct tmi_stack stack;

/* Stacks of others, until new ones are kept no more. */
static void crowd(void)
{
    uintptr_t frames[2] = { (uintptr_t)&crowd, 0 };

    for (uintptr_t i = 0; i < 20000; ++i) {
        frames[1] = (uintptr_t)&crowd + i % 200;
        frames[0] = (uintptr_t)&crowd + i / 200;
        assert_int_not_equal(tmi_stack_intern(frames, 2), 0);
    }
}

static int start(void **state)
{
    (void)state;
    of_thread = stack_begin();
    if (of_thread == NULL || !tmi_slabs_start(16))
        return 1;
    tmi_checked_options.slabs = true;
    tmi_slab_begin(&nest.slabs);
    nest.own = &of_thread->own;
    crowd();
    return 0;
}

/* A new case, in which no stack was seen. */
static int forget(void **state)
{
    (void)state;
    stack_deep = 0;
    of_thread->trail.busy = 0;
    tmi_trail_forget(&of_thread->trail);
    memset(of_thread->seen, 0, sizeof of_thread->seen);
    memset(of_thread->known, 0, sizeof of_thread->known);
    of_thread->own_in_a_row = 0;
    return 0;
}

static bool none_is_known_here(void)
{
    return tmi_known_framing((uintptr_t)__builtin_return_address(0)) == TMI_FRAMING_UNKNOWN;
}

static void assert_is_true_stack(uint32_t id)
{
    assert_true(tmi_stack_read(id, &stack));
    assert_in_range(stack.count, 2, DEPTH);
    for (size_t i = 0; i + 1 < stack.count && i < stack_deep; ++i)
        assert_int_equal(stack.frames[i + 1], stack_truth[stack_deep - 1 - i]);
}

__attribute__((__noinline__)) static void take(void *user)
{
    (void)user;
    taken = tmi_stack_take(of_thread, TMI_FRAME(), DEPTH);
}

__attribute__((__noinline__)) static void take_both_ways(void *user)
{
    uint32_t lasting;

    (void)user;
    taken = tmi_stack_take(of_thread, TMI_FRAME(), DEPTH);
    assert_true(tmi_stack_is_own(taken));
    lasting = tmi_stack_keep_own(&of_thread->own, taken);
    assert_is_true_stack(lasting);
    assert_int_equal(tmi_stack_here(of_thread, TMI_FRAME(), DEPTH), lasting);
    assert_int_equal(tmi_stack_here(NULL, TMI_FRAME(), DEPTH), lasting); /* by the unwinder */
}

static void each_own_stack_is_the_one_that_was_taken(void **state)
{
    (void)state;
    if (none_is_known_here())
        skip();
    for (unsigned levels = 1; levels < 32; levels += 3) {
        (void)forget(state);
        for (unsigned turns = 0; turns < 1u << (levels < 6 ? levels : 6); ++turns)
            stack_branch(turns * 0x41041u, levels, take_both_ways, NULL);
    }
    for (size_t outer = 0; outer <= 1024; outer += 128) {
        (void)forget(state);
        stack_slide(outer, 1024, outer % 256 != 0, take_both_ways, NULL);
    }
}

static void a_stack_that_is_seen_again_is_kept(void **state)
{
    uint32_t ids[5];

    (void)state;
    if (none_is_known_here())
        skip();
    for (int i = 0; i < 5; ++i) {
        stack_branch(0x15, 9, take, NULL);
        ids[i] = taken;
        stack_branch(0x2a, 9, take, NULL);
    }
    assert_true(tmi_stack_is_own(ids[0]));
    assert_true(tmi_stack_is_own(ids[1]));
    assert_false(tmi_stack_is_own(ids[2]));
    assert_int_not_equal(ids[2], 0);
    assert_int_equal(ids[3], ids[2]);
    assert_int_equal(ids[4], ids[2]);
}

/* Of eight one is looked at. */
static void so_it_is_after_many_that_are_not(void **state)
{
    int own = 0;

    (void)state;
    if (none_is_known_here())
        skip();
    of_thread->own_in_a_row = 64;
    do
        stack_branch(0x33, 9, take, NULL);
    while (tmi_stack_is_own(taken) && ++own < 100);
    assert_in_range(own, 16, 24);
    assert_int_equal(of_thread->own_in_a_row, 0);
}

static void an_own_stack_stands_until_the_next(void **state)
{
    uint32_t first;

    (void)state;
    if (none_is_known_here())
        skip();
    stack_branch(1, 6, take, NULL);
    first = taken;
    assert_int_not_equal(tmi_stack_keep_own(&of_thread->own, first), 0);
    stack_branch(2, 6, take, NULL);
    assert_true(tmi_stack_is_own(first) && tmi_stack_is_own(taken));
    assert_int_equal(tmi_stack_keep_own(&of_thread->own, first), 0);
    assert_int_not_equal(tmi_stack_keep_own(&of_thread->own, taken), 0);
}

/* As a handler does that interrupts a walk which began further out. */
__attribute__((__noinline__)) static void take_within(void *user)
{
    struct tmi_trail *trail = &of_thread->trail;
    const uint32_t first = trail->first;
    uint32_t id;

    trail->busy = (uintptr_t)user;
    id = tmi_stack_take(of_thread, TMI_FRAME(), DEPTH);
    assert_false(tmi_stack_is_own(id));
    assert_is_true_stack(id);
    assert_int_equal(trail->busy, (uintptr_t)user);
    assert_int_equal(trail->first, first);
}

/* And leaves it by a jump, as it were, while a step is missing. */
__attribute__((__noinline__)) static void begin_a_walk(void *user)
{
    struct tmi_trail *trail = &of_thread->trail;
    struct tmi_step *lost = &trail->steps[trail->first + 4];

    (void)user;
    assert_in_range(trail->end, trail->first + 8, TMI_TRAIL_STEPS);
    memmove(lost, lost + 1, (trail->end - trail->first - 5) * sizeof *lost);
    --trail->end;
    trail->busy = (uintptr_t)TMI_FRAME();
}

static void a_walk_within_a_walk_leaves_its_trail_alone(void **state)
{
    char further_out;
    uint32_t lasting[2];

    (void)state;
    if (none_is_known_here())
        skip();
    stack_branch(5, 4, take_within, &further_out);
    stack_branch(5, 30, take_within, &further_out);
    of_thread->trail.busy = 0;
    for (volatile int i = 0; i < 2; ++i) { /* one call */
        stack_branch(6, 4, take, NULL);
        lasting[i] = tmi_stack_keep_own(&of_thread->own, taken);
        assert_int_equal(of_thread->trail.busy, 0);
        stack_branch(5, 30, begin_a_walk, NULL);
    }
    assert_int_not_equal(lasting[0], 0);
    assert_int_equal(lasting[1], lasting[0]);
}

static void *block;
static uint32_t number;

__attribute__((__noinline__)) static void allocate(void *user)
{
    (void)user;
    nest.stack = tmi_stack_take(of_thread, TMI_FRAME(), DEPTH);
    block = tmi_slot_create(&nest, CLASS, tmi_slot_kind(20, TRACKMEM_FAMILY_PLAIN), 1, false);
    assert_non_null(block);
    number = tmi_slot_at(block);
}

__attribute__((__noinline__)) static void end(void *user)
{
    struct tmi_place place = tmi_place_of(number);

    (void)user;
    nest.stack = tmi_stack_take(of_thread, TMI_FRAME(), DEPTH);
    tmi_slot_note_stack(place.slot, &nest, true);
    tmi_slot_mark_freed(&place, 20, 1);
}

static void give_back(void)
{
    tmi_slot_end(tmi_slot_of(number));
    tmi_slab_give(&nest.slabs, number);
}

/* The record of the block, and the stack that it was allocated with. */
static struct tmi_record read_allocated(uint32_t *lasting)
{
    struct tmi_record record;

    assert_true(tmi_slot_read(number, &record));
    *lasting = tmi_slot_stack_lasting(record.allocated_stack, record.life);
    return record;
}

__attribute__((__noinline__)) static void allocate_and_look(void *user)
{
    struct tmi_record record;
    uint32_t lasting;

    allocate(NULL);
    record = read_allocated(&lasting);
    if (!none_is_known_here())
        assert_true(tmi_stack_is_own(record.allocated_stack));
    assert_int_equal(record.freed_stack, 0);
    assert_true(tmi_stack_read(lasting, &stack));
    assert_in_range(stack.count, 3, DEPTH);
    for (size_t i = 0; i + 2 < stack.count && i < stack_deep; ++i) /* the first are two of ours */
        assert_int_equal(stack.frames[i + 2], stack_truth[stack_deep - 1 - i]);
    (void)user;
}

static void a_slot_keeps_the_stacks_of_its_block(void **state)
{
    struct tmi_record record;
    uint32_t allocated;
    uint32_t freed;
    uint32_t again;

    (void)state;
    for (unsigned turns = 0; turns < 200; ++turns) {
        stack_branch(turns, 8, allocate_and_look, NULL);
        (void)read_allocated(&allocated);
        stack_branch(~turns, 8, end, NULL);
        record = read_allocated(&again);
        assert_int_equal(again, allocated);
        freed = tmi_slot_stack_lasting(record.freed_stack, record.life);
        assert_int_not_equal(freed, 0);
        assert_int_not_equal(freed, allocated);
        give_back();
        record = read_allocated(&again); /* nobody has taken the slot yet */
        assert_int_equal(again, allocated);
        assert_int_equal(tmi_slot_stack_lasting(record.freed_stack, record.life), freed);
    }
}

static void what_was_overwritten_is_not_told(void **state)
{
    struct tmi_record before;
    struct tmi_record now;
    uint32_t first;
    uint32_t lasting;
    uint32_t later;

    (void)state;
    if (none_is_known_here())
        skip();
    stack_branch(3, 7, allocate, NULL);
    first = number;
    before = read_allocated(&lasting);
    assert_int_not_equal(lasting, 0);
    stack_branch(4, 7, end, NULL);
    give_back();
    stack_branch(5, 7, allocate, NULL);
    assert_int_equal(number, first);
    now = read_allocated(&later);
    assert_true(tmi_stack_is_own(before.allocated_stack) && tmi_stack_is_own(now.allocated_stack));
    assert_int_not_equal(later, lasting);
    assert_int_equal(tmi_slot_stack_lasting(before.allocated_stack, before.life), 0);
}

/* The first and second are the slot's own, the rest are kept. */
static void equal_stacks_have_one_number_however_they_are_kept(void **state)
{
    uint32_t lasting[6];
    bool was_own[6];

    (void)state;
    if (none_is_known_here())
        skip();
    for (int i = 0; i < 6; ++i) {
        stack_branch(6, 5, allocate, NULL);
        was_own[i] = tmi_stack_is_own(read_allocated(&lasting[i]).allocated_stack);
        assert_int_equal(lasting[i], lasting[0]);
    }
    assert_true(was_own[0] && was_own[1] && !was_own[2] && !was_own[5]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(each_own_stack_is_the_one_that_was_taken, forget),
        cmocka_unit_test_setup(a_stack_that_is_seen_again_is_kept, forget),
        cmocka_unit_test_setup(so_it_is_after_many_that_are_not, forget),
        cmocka_unit_test_setup(an_own_stack_stands_until_the_next, forget),
        cmocka_unit_test_setup(a_walk_within_a_walk_leaves_its_trail_alone, forget),
        cmocka_unit_test_setup(a_slot_keeps_the_stacks_of_its_block, forget),
        cmocka_unit_test_setup(what_was_overwritten_is_not_told, forget),
        cmocka_unit_test_setup(equal_stacks_have_one_number_however_they_are_kept, forget),
    };

    return cmocka_run_group_tests(tests, start, NULL);
}
