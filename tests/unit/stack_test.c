/*
 * Stacks: every frame is the one that the functions themselves saw when they were called.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "stack/stack.h"
#include "stack_begin.h"
#include "unit.h"

typedef void stack_fn(void *user);

void stack_call_unframed(stack_fn *fn, void *user, uintptr_t *here);
void stack_call_skipped(stack_fn *fn, void *user, uintptr_t *here);

/* What the functions below saw, the innermost last. */
static _Thread_local uintptr_t truth[256];
static _Thread_local size_t deep;
static _Thread_local uint32_t taken;
static _Thread_local struct tmi_stack_thread *of_thread;
static _Thread_local size_t wanted;

#define NOTE_CALL() (truth[deep++] = (uintptr_t)__builtin_return_address(0))

__attribute__((__noinline__)) static void take(void *user)
{
    (void)user;
    NOTE_CALL();
    taken = tmi_stack_here(of_thread, TMI_FRAME(), wanted);
    --deep;
}

__attribute__((__noinline__)) static void recurse(int levels)
{
    NOTE_CALL();
    if (levels > 0)
        recurse(levels - 1);
    else
        take(NULL);
    --deep;
    __asm__ volatile("" ::: "memory"); /* no tail call */
}

/* Of the last number that was asked for. */
static const struct tmi_stack *read_stack(uint32_t id)
{
    static _Thread_local struct tmi_stack stack;

    return tmi_stack_read(id, &stack) ? &stack : NULL;
}

/* take() has returned; its caller's address was overwritten by nobody. */
static void assert_truth(uint32_t id, size_t from_outermost)
{
    const struct tmi_stack *stack = read_stack(id);

    assert_non_null(stack);
    assert_true(stack->count >= from_outermost);
    for (size_t i = 0; i < from_outermost; ++i)
        assert_int_equal(stack->frames[i], truth[from_outermost - 1 - i]);
}

static int start(void **state)
{
    (void)state;
    of_thread = stack_begin();
    wanted = TMI_STACK_MOST;
    return of_thread == NULL;
}

static void every_frame_of_a_recursion_is_found(void **state)
{
    (void)state;
    for (int levels = 0; levels < 40; ++levels) {
        recurse(levels);
        assert_truth(taken, (size_t)levels + 2);
    }
}

/* One place to call from, whatever the compiler makes of the rest. */
__attribute__((__noinline__)) static void recurse_from_here(void)
{
    NOTE_CALL();
    recurse(5);
    --deep;
    __asm__ volatile("" ::: "memory");
}

static void the_same_stack_has_the_same_number_by_every_way(void **state)
{
    uint32_t ids[4];
    struct tmi_stack_thread *thread = of_thread;

    (void)state;
    for (volatile int i = 0; i < 4; ++i) {
        of_thread = i == 3 ? NULL : thread; /* by the unwinder alone */
        recurse_from_here();
        ids[i] = taken;
    }
    of_thread = thread;
    assert_truth(ids[0], 8);
    assert_int_equal(ids[0], ids[1]);
    assert_int_equal(ids[1], ids[2]);
    assert_int_equal(ids[2], ids[3]);
}

static void depth_bounds_a_stack(void **state)
{
    (void)state;
    for (wanted = 1; wanted < 16; ++wanted) {
        recurse(20);
        assert_truth(taken, 0);
        assert_int_equal(read_stack(taken)->count, wanted);
        assert_int_equal(read_stack(taken)->frames[0], truth[21]);
    }
    wanted = 0;
    recurse(1);
    assert_int_equal(taken, 0);
    wanted = TMI_STACK_MOST;
}

static void recurse_in(void *user)
{
    NOTE_CALL();
    recurse(*(int *)user);
    --deep;
    __asm__ volatile("" ::: "memory");
}

static void code_without_frame_pointers_loses_no_frame(void **state)
{
    int levels = 3;

    (void)state;
    wanted = 7; /* so that a walk ends before cmocka, which has no frame pointers either */
    for (int i = 0; i < 4; ++i) {
        deep = 1;
        stack_call_unframed(recurse_in, &levels, &truth[0]);
        assert_truth(taken, 7);
        deep = 1;
        stack_call_skipped(recurse_in, &levels, &truth[0]);
        assert_truth(taken, 7);
        deep = 0;
    }
    wanted = TMI_STACK_MOST;
}

static uint32_t in_handler;
static struct tmi_stack_thread handler_thread;
static uintptr_t handler_caller;

__attribute__((__noinline__)) static uint32_t take_in_handler(void)
{
    handler_caller = (uintptr_t)__builtin_return_address(0);
    return tmi_stack_here(&handler_thread, TMI_FRAME(), TMI_STACK_MOST);
}

static void on_signal(int number)
{
    (void)number;
    in_handler = take_in_handler();
}

__attribute__((__noinline__)) static void raise_below(int levels)
{
    NOTE_CALL();
    if (levels > 0)
        raise_below(levels - 1);
    else
        raise(SIGUSR1);
    --deep;
    __asm__ volatile("" ::: "memory");
}

static bool holds(const struct tmi_stack *stack, uintptr_t frame)
{
    for (size_t i = 0; i < stack->count; ++i)
        if (stack->frames[i] == frame)
            return true;
    return false;
}

static void raise_on(bool alternate)
{
    static char memory[65536];
    stack_t other = { .ss_sp = memory, .ss_size = sizeof memory };
    struct sigaction action = { .sa_handler = on_signal, .sa_flags = alternate ? SA_ONSTACK : 0 };
    const struct tmi_stack *stack;

    if (alternate)
        assert_int_equal(sigaltstack(&other, NULL), 0);
    assert_int_equal(sigaction(SIGUSR1, &action, NULL), 0);
    for (int i = 0; i < 3; ++i) {
        raise_below(4);
        stack = read_stack(in_handler);
        assert_non_null(stack);
        assert_int_equal(stack->frames[0], handler_caller);
        for (size_t level = 0; level < 5; ++level)
            assert_true(holds(stack, truth[level]));
    }
    signal(SIGUSR1, SIG_DFL);
}

static void a_signal_handler_sees_below_the_signal(void **state)
{
    (void)state;
    raise_on(false);
    raise_on(true);
}

static void *run_thread(void *user)
{
    static struct tmi_stack_thread records[64];
    int number = (int)(intptr_t)user;

    of_thread = &records[number];
    wanted = TMI_STACK_MOST;
    recurse(0);
    assert_truth(taken, 2);
    for (int i = 0; i < 20000; ++i) {
        recurse(i % 24);
        assert_truth(taken, (size_t)(i % 24) + 2);
    }
    return (void *)(uintptr_t)taken;
}

static void the_stack_of_a_thread_ends_where_it_starts(void **state)
{
    pthread_t threads[4];
    void *ids[4];

    (void)state;
    for (int i = 0; i < 4; ++i)
        assert_int_equal(pthread_create(&threads[i], NULL, run_thread, (void *)(intptr_t)i), 0);
    for (int i = 0; i < 4; ++i)
        pthread_join(threads[i], &ids[i]);
    for (int i = 1; i < 4; ++i)
        assert_ptr_equal(ids[i], ids[0]);
    /* the truth, the thread's function, one of the C library's start */
    assert_in_range(read_stack((uint32_t)(uintptr_t)ids[0])->count, 20000 % 24, 26);
}

static void ten_thousand_stacks_are_told_apart(void **state)
{
    static uint32_t ids[10000];
    uintptr_t frames[16];

    (void)state;
    for (int round = 0; round < 2; ++round) {
        for (uint32_t i = 0; i < 10000; ++i) {
            for (size_t k = 0; k < 16; ++k)
                frames[k] = 4096 + k * 16 + (i >> k & 1);
            uint32_t id = tmi_stack_intern(frames, 16);

            assert_int_not_equal(id, 0);
            if (round == 1)
                assert_int_equal(id, ids[i]);
            ids[i] = id;
            assert_memory_equal(read_stack(id)->frames, frames, sizeof frames);
        }
    }
    for (uint32_t i = 1; i < 10000; ++i)
        assert_int_not_equal(ids[i], ids[i - 1]);
}

static uint32_t crew_ids[4][5000];

static void *intern_all(void *user)
{
    uint32_t *ids = user;

    for (uint32_t i = 0; i < 5000; ++i) {
        uintptr_t frames[3] = { 70000 + i, 5, 6 };

        ids[i] = tmi_stack_intern(frames, 3);
    }
    return NULL;
}

static void threads_that_intern_at_once_agree(void **state)
{
    pthread_t threads[4];

    (void)state;
    for (int i = 0; i < 4; ++i)
        assert_int_equal(pthread_create(&threads[i], NULL, intern_all, crew_ids[i]), 0);
    for (int i = 0; i < 4; ++i)
        pthread_join(threads[i], NULL);
    for (int i = 1; i < 4; ++i)
        assert_memory_equal(crew_ids[i], crew_ids[0], sizeof crew_ids[0]);
    for (uint32_t i = 0; i < 5000; ++i)
        assert_int_equal(read_stack(crew_ids[0][i])->frames[0], 70000 + i);
}

static void a_frame_names_its_module(void **state)
{
    const struct tmi_stack *stack;
    const struct tmi_stack_module *module;

    (void)state;
    recurse(1);
    stack = read_stack(taken);
    module = tmi_stack_module_of(stack, 0);
    assert_non_null(module);
    assert_non_null(strstr(module->path, "stack_test"));
    assert_ptr_equal(module, tmi_stack_module_at(stack->frames[0]));
    assert_null(tmi_stack_module_at(1));
}

#ifdef STACK_MODULES
static void a_frame_names_its_module_after_that_is_gone(void **state)
{
    void (*call)(stack_fn * fn, void *user, uintptr_t *here);
    const struct tmi_stack_module *module;
    const struct tmi_stack *stack;
    uintptr_t caller;
    uint32_t ids[2];
    void *loaded;
    void *address;

    (void)state;
    for (int i = 0; i < 2; ++i) {
        loaded = dlopen(STACK_MODULES "/stack_module.so", RTLD_NOW);
        assert_non_null(loaded);
        address = dlsym(loaded, "stack_call_through");
        assert_non_null(address);
        memcpy(&call, &address, sizeof call);
        call(take, NULL, &caller);
        ids[i] = taken;
        assert_int_equal(dlclose(loaded), 0);
        stack = read_stack(ids[i]);
        assert_non_null(stack);
        module = tmi_stack_module_of(stack, 0);
        assert_non_null(module);
        assert_non_null(strstr(module->path, "stack_module"));
        assert_null(tmi_stack_module_at(stack->frames[0]));
        assert_int_equal(stack->frames[1], caller);
        /* Another lands where it was. */
        module = tmi_stack_module_of(stack, 1);
        assert_non_null(strstr(module->path, "stack_test"));
    }
}
#else
static void a_frame_names_its_module_after_that_is_gone(void **state)
{
    (void)state;
    skip(); /* no dlopen here */
}
#endif

static void a_chain_that_leads_nowhere_is_left_in_peace(void **state)
{
    uintptr_t *pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    struct tmi_stack_registers registers = { .pc = 16, .stack = 8, .frame = (uintptr_t)pages };
    uintptr_t frames[TMI_STACK_MOST];

    (void)state;
    assert_ptr_not_equal(pages, MAP_FAILED);
    pages[0] = (uintptr_t)pages + 8192; /* right past the end */
    pages[1] = (uintptr_t)&tmi_stack_start + 1;
    assert_int_equal(munmap(pages + 4096 / sizeof *pages, 4096), 0);
    assert_in_range(tmi_stack_at(&registers, frames, TMI_STACK_MOST), 1, 3);
    assert_int_equal(frames[0], 17);
    registers.frame = 1;
    assert_int_equal(tmi_stack_at(&registers, frames, TMI_STACK_MOST), 1);
}

/* Until there is no room; distinct: by addresses of its own, else by their order. */
static void fill(bool distinct)
{
    uintptr_t frames[TMI_STACK_MOST];
    uint32_t id = 1;
    uintptr_t before = tmi_stack_stats().lost;

    for (uintptr_t i = 1; id != 0 && i < 1000000; ++i) {
        for (size_t k = 0; k < TMI_STACK_MOST; ++k)
            frames[TMI_STACK_MOST - 1 - k] = distinct ? i * 64 + k : 512 + (i >> k % 20 & 1);
        id = tmi_stack_intern(frames, TMI_STACK_MOST);
    }
    assert_int_equal(id, 0);
    assert_int_equal(tmi_stack_stats().lost, before + 1);
    assert_true(tmi_stack_stats().bytes <= 64u << 20);
}

/* Last: they use up all there is. */
static void no_more_room_is_number_0_and_counted(void **state)
{
    uint32_t id = 0;

    (void)state;
    for (volatile int i = 0; i < 2; ++i) {
        recurse_from_here();
        assert_truth(taken, 8);
        assert_true(i == 0 || taken == id); /* what is kept is found still */
        id = taken;
        if (i == 0)
            fill(true);
        if (i == 0)
            fill(false);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_frame_of_a_recursion_is_found),
        cmocka_unit_test(the_same_stack_has_the_same_number_by_every_way),
        cmocka_unit_test(depth_bounds_a_stack),
        cmocka_unit_test(code_without_frame_pointers_loses_no_frame),
        cmocka_unit_test(a_signal_handler_sees_below_the_signal),
        cmocka_unit_test(the_stack_of_a_thread_ends_where_it_starts),
        cmocka_unit_test(ten_thousand_stacks_are_told_apart),
        cmocka_unit_test(threads_that_intern_at_once_agree),
        cmocka_unit_test(a_frame_names_its_module),
        cmocka_unit_test(a_frame_names_its_module_after_that_is_gone),
        cmocka_unit_test(a_chain_that_leads_nowhere_is_left_in_peace),
        cmocka_unit_test(no_more_room_is_number_0_and_counted),
    };

    return cmocka_run_group_tests(tests, start, NULL);
}
