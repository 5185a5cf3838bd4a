/*
 * The contract of platform.h, held against the system at hand; and what code.h and pages.h tell of
 * an address.
 */
#include "unit.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "platform/code.h"
#include "platform/pages.h"
#include "platform/platform.h"
#include "platform/self.h"

static char static_bytes[64];

static void pages_come_zeroed_and_go(void **state)
{
    enum { SIZE = 100000 };
    char *pages = tmi_platform_map(SIZE);

    (void)state;
    assert_non_null(pages);
    assert_int_equal((uintptr_t)pages % 4096, 0);
    for (size_t i = 0; i < SIZE; ++i)
        assert_int_equal(pages[i], 0);
    memset(pages, 1, SIZE);
    assert_true(tmi_platform_readable(pages, SIZE));
    tmi_platform_unmap(pages, SIZE);
    assert_false(tmi_platform_readable(pages, 1));
    assert_null(tmi_platform_map(SIZE_MAX - 100000));
}

static void what_can_be_read_is_told(void **state)
{
    char local = 1;

    (void)state;
    assert_true(tmi_platform_readable(&local, 1));
    assert_true(tmi_platform_readable(static_bytes, sizeof static_bytes));
    assert_true(tmi_platform_readable("text", 5));
    assert_false(tmi_platform_readable(NULL, 1));
    assert_false(tmi_platform_readable((const void *)(uintptr_t)16, 16));
    assert_false(tmi_platform_readable(&local, SIZE_MAX));
}

static void an_address_is_described(void **state)
{
    char local = 1;
    char text[200];
    char short_text[8];

    (void)state;
    tmi_platform_describe_address(&local, text, sizeof text);
    assert_string_equal(text, "the stack of this thread");
    tmi_platform_describe_address((const void *)(uintptr_t)16, text, sizeof text);
    assert_string_equal(text, "memory that is not mapped");
    tmi_platform_describe_address(static_bytes, text, sizeof text);
    assert_memory_equal(text, "static data of ", 15);
    assert_non_null(strstr(text, "platform_test"));
    tmi_platform_describe_address(&local, short_text, sizeof short_text);
    assert_string_equal(short_text, "the sta");
}

static void code_is_found_in_its_module(void **state)
{
    struct tmi_code_place place;
    const void *code = (const void *)(uintptr_t)code_is_found_in_its_module;

    (void)state;
    assert_true(tmi_platform_code_place(code, &place));
    assert_non_null(strstr(place.module, "platform_test"));
    assert_true(place.offset > 0 && place.offset < 100000000);
    assert_false(tmi_platform_code_place((const void *)(uintptr_t)16, &place));
}

static void the_file_that_code_is_of_is_found(void **state)
{
    struct tmi_code_file file;
    const void *code = (const void *)(uintptr_t)the_file_that_code_is_of_is_found;

    (void)state;
    assert_true(tmi_platform_code_file(code, &file));
    assert_non_null(strstr(file.path, "platform_test"));
    assert_true(file.offset > 0 && file.offset <= (uintptr_t)code);
    assert_true(file.build_id_size <= TMI_BUILD_ID_MOST);
    assert_false(tmi_platform_code_file((const void *)(uintptr_t)16, &file));
}

static void what_is_mapped_is_told(void **state)
{
    char *pages = tmi_pages_reserve(tmi_pages_size() * 4);

    (void)state;
    assert_non_null(pages);
    assert_false(tmi_platform_readable(pages, 1));
    assert_true(EMULATED || tmi_pages_are_mapped(pages));
    tmi_pages_release(pages, tmi_pages_size() * 4);
    assert_false(tmi_pages_are_mapped(pages));
    assert_true(tmi_pages_are_mapped(static_bytes));
    assert_false(tmi_pages_are_mapped((const void *)(uintptr_t)16));
}

static void the_environment_is_read(void **state)
{
    const char *value;

    (void)state;
    assert_null(tmi_platform_environment("TRACKMEM_TEST_UNSET"));
    value = tmi_platform_environment("TRACKMEM_TEST_VALUE");
    assert_non_null(value);
    assert_string_equal(value, "a value");
}

static void a_file_is_made_anew_and_written(void **state)
{
    static const char lines[] = "first\nsecond\n";
    char path[64];
    char read_back[64] = "";
    FILE *file;

    (void)state;
    snprintf(path, sizeof path, "platform_test.%u", (unsigned)tmi_platform_process_id());
    for (int round = 0; round < 2; ++round) {
        int fd = tmi_platform_create_file(path);

        assert_true(fd >= 0);
        assert_true(tmi_platform_write(fd, lines, sizeof lines - 1));
        assert_false(tmi_platform_colour_terminal(fd));
        tmi_platform_close(fd);
    }
    file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fread(read_back, 1, sizeof read_back, file), sizeof lines - 1);
    fclose(file);
    remove(path);
    assert_string_equal(read_back, lines);
    assert_int_equal(tmi_platform_create_file("no such folder/file"), -1);
}

static struct tmi_lock lock;
static unsigned guarded;

static void *count_under_lock(void *unused)
{
    for (int i = 0; i < 20000; ++i) {
        tmi_platform_lock(&lock);
        ++guarded;
        tmi_platform_unlock(&lock);
    }
    return unused;
}

static void a_lock_keeps_threads_apart(void **state)
{
    pthread_t threads[4];

    (void)state;
    for (size_t i = 0; i < 4; ++i)
        assert_int_equal(pthread_create(&threads[i], NULL, count_under_lock, NULL), 0);
    for (size_t i = 0; i < 4; ++i)
        pthread_join(threads[i], NULL);
    assert_int_equal(guarded, 80000);
}

static char marks[2];
static int ended[2];

static void on_end(void *value)
{
    ++ended[(char *)value - marks];
}

static void *ask_for_end(void *mark)
{
    if (mark != NULL) {
        tmi_self_set(mark); /* the order of alloc/thread.c */
        tmi_platform_thread_set(mark);
    }
    return NULL;
}

static void run_thread(void *mark)
{
    pthread_t thread;

    assert_int_equal(pthread_create(&thread, NULL, ask_for_end, mark), 0);
    pthread_join(thread, NULL);
}

static void the_end_of_a_thread_is_told_to_who_asked(void **state)
{
    (void)state;
    assert_true(tmi_platform_thread_init(on_end));
    run_thread(&marks[0]);
    assert_int_equal(ended[0], 1);
    run_thread(NULL);
    assert_int_equal(ended[0] + ended[1], 1);
    tmi_platform_thread_finish();
    run_thread(&marks[1]);
    assert_int_equal(ended[1], 0);
}

static void the_program_has_a_name_and_chance_words_differ(void **state)
{
    (void)state;
    assert_non_null(strstr(tmi_platform_program(), "platform_test"));
    assert_true(tmi_platform_process_id() != 0);
    assert_true(tmi_platform_random() != tmi_platform_random());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages_come_zeroed_and_go),
        cmocka_unit_test(what_can_be_read_is_told),
        cmocka_unit_test(an_address_is_described),
        cmocka_unit_test(code_is_found_in_its_module),
        cmocka_unit_test(the_file_that_code_is_of_is_found),
        cmocka_unit_test(what_is_mapped_is_told),
        cmocka_unit_test(the_environment_is_read),
        cmocka_unit_test(a_file_is_made_anew_and_written),
        cmocka_unit_test(a_lock_keeps_threads_apart),
        cmocka_unit_test(the_end_of_a_thread_is_told_to_who_asked),
        cmocka_unit_test(the_program_has_a_name_and_chance_words_differ),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
