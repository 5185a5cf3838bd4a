/*
 * What a misuse handler may do with the block that it is told of: all that it may elsewhere. And
 * what is said of addresses beside guard pages, and of blocks whose pages are gone. Each case has a
 * process of its own, which is ended if it hangs.
 */
#define _GNU_SOURCE
#include "unit.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/wait.h>

#include "base/compiler.h"
#include "block/graves.h"
#include "capture.h"
#include "trackmem/observe.h"

enum { SECONDS = 20, SMALL = 100, LARGE = 100000 };

enum deed { DESCRIBE, ASK_SIZE, CHECK, CHECK_ALL, FREE, RESIZE, ALLOCATE, TRANSFER, LEAVE, DEEDS };

TRACKMEM_DEFINE_DOMAIN(elsewhere, "elsewhere", NULL);

static struct {
    enum deed deed;
    bool in_a_thread;
    uint32_t told;
    const void *block;
    jmp_buf out;
} handler;

static void *act(void *unused)
{
    void *block = (void *)(uintptr_t)handler.block;
    char text[200];

    switch (handler.deed) {
    case DESCRIBE: (void)trackmem_describe(block, text, sizeof text); break;
    case ASK_SIZE: (void)trackmem_size(block); break;
    case CHECK: (void)trackmem_check(block); break;
    case CHECK_ALL: (void)trackmem_check_all(); break;
    case FREE: trackmem_free(block); break;
    case RESIZE: trackmem_free(trackmem_realloc(block, 300)); break;
    case ALLOCATE: trackmem_free(trackmem_malloc(SMALL)); break;
    case TRANSFER: (void)trackmem_transfer(block, &elsewhere); break;
    default: break;
    }
    return unused;
}

static void handle(const struct trackmem_misuse *misuse, void *user)
{
    pthread_t thread;

    (void)user;
    if (handler.told++ != 0)
        return;
    handler.block = misuse->block;
    if (handler.deed == LEAVE)
        longjmp(handler.out, 1);
    if (!handler.in_a_thread)
        (void)act(NULL);
    else if (pthread_create(&thread, NULL, act, NULL) == 0)
        (void)pthread_join(thread, NULL);
}

static void write_one(char *block, ptrdiff_t offset)
{
    volatile char *volatile writer = block;

    writer[offset] = 1;
}

static void free_overrun(size_t size)
{
    char *block = trackmem_malloc(size);

    write_one(block, (ptrdiff_t)size);
    trackmem_free(block);
}

static void resize_overrun(size_t size)
{
    char *block = trackmem_malloc(size);

    write_one(block, (ptrdiff_t)size);
    trackmem_free(trackmem_realloc(block, 2 * size));
}

static void write_what_leaves(size_t size)
{
    char *volatile block = trackmem_malloc(size); /* the compiler shall not see what is freed */

    trackmem_free(block);
    write_one(block, 5);
    (void)trackmem_set_options("quarantine=0");
    for (int i = 0; i < 1000; i++) /* until what is kept was looked at */
        trackmem_free(trackmem_malloc(SMALL));
}

struct scene {
    const char *options;
    void (*play)(size_t size);
    size_t size;
};

/* Whether nothing is left of the scene, and nothing was charged or given back twice. */
static bool all_is_even(void)
{
    struct trackmem_stats all;
    struct trackmem_stats there;

    trackmem_domain_stats(NULL, true, &all);
    trackmem_domain_stats(&elsewhere, true, &there);
    return all.live_blocks == 0 && all.live_bytes == 0 && there.live_blocks == 0 &&
           there.live_bytes == 0;
}

static int play(void *argument)
{
    const struct scene *scene = argument;
    char options[128];

    (void)alarm(SECONDS);
    (void)snprintf(options, sizeof options, "%s,leaks=off,misuse=report", scene->options);
    if (trackmem_set_options(options) != TRACKMEM_OK)
        return 50;
    trackmem_set_misuse_handler(handle, NULL);
    if (setjmp(handler.out) == 0)
        scene->play(scene->size);
    trackmem_free(trackmem_malloc(scene->size)); /* all goes on */
    if (scene->play == write_what_leaves)
        return handler.told == 0 ? 51 : 0;
    if (handler.told != (handler.deed == FREE || handler.deed == RESIZE ? 2 : 1))
        return 52; /* of a block that the handler has ended, the second end is told, too */
    return handler.deed == LEAVE || all_is_even() ? 0 : 53;
}

static void a_handler_may_ask_for_the_block_and_free_it(void **state)
{
    static const struct scene scenes[] = {
        { "check", free_overrun, SMALL },
        { "check", free_overrun, LARGE },
        { "check,stacks=8", free_overrun, SMALL },
        { "check", resize_overrun, SMALL },
        { "check", resize_overrun, LARGE },
        { "check", write_what_leaves, SMALL },
        { "check", write_what_leaves, LARGE },
        { "guard=before", free_overrun, SMALL },
        { "check,quarantine=protect", free_overrun, SMALL },
        { "check,quarantine=protect", resize_overrun, SMALL },
    };
    (void)state;
    for (size_t i = 0; i < sizeof scenes / sizeof scenes[0]; i += EMULATED ? 3 : 1) {
        for (enum deed deed = 0; deed < DEEDS; deed++) {
            for (int in_a_thread = 0; in_a_thread < 2 - EMULATED; in_a_thread++) {
                struct scene scene = scenes[i];

                handler.deed = deed;
                handler.in_a_thread = in_a_thread != 0;
                capture(play, &scene);
                if (!exited_with(0))
                    fail_msg("scene %zu, deed %d, %d: status %x\n%s", i, (int)deed, in_a_thread,
                             (unsigned)captured.status, captured.text);
            }
        }
    }
}

static int describe_guarded(void *options)
{
    char *volatile block;
    char text[256];

    if (trackmem_set_options(options) != TRACKMEM_OK)
        return 50;
    block = trackmem_malloc(120);
    if (!trackmem_describe(block, text, sizeof text) ||
        strstr(text, "the start of a 120-byte block of domain process") != text)
        return 1;
    if (!trackmem_describe(block + 128, text, sizeof text) ||
        strstr(text, "8 bytes past the end of a 120-byte block") != text)
        return 2;
    if (!trackmem_describe(block - 4, text, sizeof text) ||
        strstr(text, "4 bytes before the start of a 120-byte block") != text)
        return 3;
    trackmem_free(block);
    if (!trackmem_describe(block + 1, text, sizeof text) || strstr(text, ", freed at ") == NULL)
        return 4;
    block = trackmem_malloc(0);
    if (!trackmem_describe(block, text, sizeof text) || strstr(text, "0-byte block") == NULL)
        return 5;
    trackmem_free(block);
    return 0;
}

static void addresses_beside_guarded_blocks_are_described(void **state)
{
    char modes[][40] = { "guard=after", "guard=before", "check,quarantine=protect",
                         "guard=sample:1" };
    (void)state;
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        capture(describe_guarded, modes[i]);
        if (!exited_with(0))
            fail_msg("%s: status %x\n%s", modes[i], (unsigned)captured.status, captured.text);
    }
}

static int touch_what_is_gone(void *unused)
{
    char *volatile block;
    char *volatile other;
    size_t bytes = (size_t)9 << 20;

    (void)unused;
    (void)signal(SIGSEGV, SIG_DFL); /* not cmocka's, which would go on */
    if (trackmem_set_options("check,leaks=off") != TRACKMEM_OK)
        return 50;
    block = trackmem_malloc((size_t)8 << 20);
    do /* the same place would be taken */
        other = trackmem_malloc(bytes += 16);
    while (tmi_graves_place(other) == tmi_graves_place(block));
    trackmem_free(block);
    trackmem_free(other);
    write_one(block, 5000);
    return 0;
}

/* A block that does not wait in the quarantine goes back to the system. */
static void a_touch_of_a_freed_block_whose_pages_are_gone_is_named(void **state)
{
    (void)state;
    if (TMI_TSAN)
        skip();
    capture(touch_what_is_gone, NULL);
    if (exited_with(0)) /* the C library kept it */
        skip();
    assert_true(killed_by(SIGSEGV));
    assert_true(says(" 5,000 bytes into a freed block of 8,388,608 bytes") ||
                says(" a page of a freed block of 8,388,608 bytes")); /* no more is known there */
    assert_true(says("  freed        "));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_handler_may_ask_for_the_block_and_free_it),
        cmocka_unit_test(addresses_beside_guarded_blocks_are_described),
        cmocka_unit_test(a_touch_of_a_freed_block_whose_pages_are_gone_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
