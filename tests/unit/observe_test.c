/*
 * trackmem/observe.h: leak windows, visits, reports on request, the handler and the count.
 */
#define _GNU_SOURCE
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdalign.h>
#include <unistd.h>

#include "witness.h"

TRACKMEM_DEFINE_DOMAIN(watched, "watched", NULL);

static alignas(64) char not_a_block[128];

struct seen {
    int calls;
    int stop_after;
    uint64_t bytes;
    uint64_t blocks;
    bool kept;
};

static void *keep(size_t size)
{
    return trackmem_malloc_in(&watched, size);
}

static bool note(const struct trackmem_site_stats *site, void *user)
{
    struct seen *seen = user;
    seen->calls++;
    seen->bytes += site->live_bytes;
    seen->blocks += site->live_blocks;
    if (site->place.function != NULL && strcmp(site->place.function, "keep") == 0)
        seen->kept = trackmem_domain_same(site->domain, &watched);
    return seen->calls != seen->stop_after;
}

static void a_window_shows_what_came_and_stayed(void **state)
{
    void *before = keep(1000);
    struct trackmem_window *window = trackmem_begin();
    struct seen seen = { 0 };
    void *inside[3];
    (void)state;
    assert_non_null(window);
    for (size_t i = 0; i < 3; i++)
        inside[i] = keep(100);
    trackmem_free(trackmem_malloc(5000)); /* came and went */
    trackmem_free(inside[0]);
    assert_int_equal(trackmem_end(window, note, &seen), 200);
    assert_int_equal(seen.calls, 1);
    assert_int_equal(seen.bytes, 200);
    assert_int_equal(seen.blocks, 2);
    assert_true(seen.kept);
    trackmem_free(before);
    trackmem_free(inside[1]);
    trackmem_free(inside[2]);
    assert_nothing_alive();
}

static void a_window_without_leaks_is_empty(void **state)
{
    void *before = keep(1000);
    struct trackmem_window *window = trackmem_begin();
    struct seen seen = { 0 };
    (void)state;
    trackmem_free(keep(10));
    trackmem_free(before); /* less than then */
    assert_int_equal(trackmem_end(window, note, &seen), 0);
    assert_int_equal(seen.calls, 0);
    assert_int_equal(trackmem_end(NULL, note, &seen), 0);
    assert_int_equal(trackmem_end(trackmem_begin(), NULL, NULL), 0);
}

static void windows_nest_and_blocks_of_size_0_leak_too(void **state)
{
    struct trackmem_window *outer = trackmem_begin();
    void *first = keep(1);
    struct trackmem_window *inner = trackmem_begin();
    void *second = keep(0);
    struct seen seen = { 0 };
    (void)state;
    assert_int_equal(trackmem_end(inner, note, &seen), 0);
    assert_int_equal(seen.calls, 1);
    assert_int_equal(seen.blocks, 1);
    assert_int_equal(trackmem_end(outer, NULL, NULL), 1);
    trackmem_free(first);
    trackmem_free(second);
}

static void visits_of_sites_stop_when_told_and_may_allocate(void **state)
{
    struct seen seen = { .stop_after = 1 };
    void *block = keep(10);
    (void)state;
    trackmem_visit_sites(note, &seen);
    assert_int_equal(seen.calls, 1);
    trackmem_free(block);
}

static size_t report_to(const char *path, enum trackmem_format format, char *text, size_t size)
{
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    ssize_t length;
    assert_true(fd >= 0);
    assert_int_equal(trackmem_report(fd, format), TRACKMEM_OK);
    length = pread(fd, text, size - 1, 0);
    assert_true(length > 0);
    text[length] = '\0';
    close(fd);
    (void)unlink(path);
    return (size_t)length;
}

static TRACKMEM_DEFINE_DOMAIN(long_named, "a name that no table has room for, as it goes on and on",
                              NULL);

static void reports_on_request_show_domains_and_sites(void **state)
{
    static char text[65536];
    void *block = keep(123456);
    void *other = trackmem_malloc_in(&long_named, 1);
    size_t length;
    size_t column = 0;
    (void)state;
    length = report_to("observe_test.txt", TRACKMEM_FORMAT_TEXT, text, sizeof text);
    assert_non_null(strstr(text, "watched"));
    assert_non_null(strstr(text, "observe_test.c:"));
    assert_non_null(strstr(text, "keep()"));
    for (size_t i = 0; i < length; i++) {
        column = text[i] == '\n' ? 0 : column + ((text[i] & 0xc0) != 0x80);
        assert_true(column <= 100);
    }
    length = report_to("observe_test.json", TRACKMEM_FORMAT_JSON, text, sizeof text);
    assert_int_equal(text[0], '{');
    assert_int_equal(text[length - 1], '\n');
    assert_ptr_equal(strchr(text, '\n'), text + length - 1);
    assert_non_null(strstr(text, "\"watched\""));
    assert_non_null(strstr(text, "123456"));
    trackmem_free(other);
    trackmem_free(block);
}

static void a_report_that_can_not_be_written_says_so(void **state)
{
    int full = open("/dev/full", O_WRONLY);
    int read_only = open("/dev/null", O_RDONLY);
    (void)state;
    assert_int_equal(trackmem_report(-1, TRACKMEM_FORMAT_TEXT), TRACKMEM_IO_ERROR);
    assert_int_equal(trackmem_report(read_only, TRACKMEM_FORMAT_JSON), TRACKMEM_IO_ERROR);
    if (full >= 0)
        assert_int_equal(trackmem_report(full, TRACKMEM_FORMAT_TEXT), TRACKMEM_IO_ERROR);
    close(full);
    close(read_only);
}

static void the_count_counts_and_the_handler_gets_its_argument(void **state)
{
    uint64_t before = trackmem_misuse_count();
    (void)state;
    witness_begin();
    for (int i = 0; i < 5; i++)
        trackmem_free(hidden(not_a_block));
    assert_int_equal(witness.count, 5);
    assert_int_equal(trackmem_misuse_count(), before + 5);
}

static void a_freed_block_s_report_has_everything(void **state)
{
    void *block = keep(40);
    (void)state;
    witness_begin();
    trackmem_free(block);
    trackmem_free(hidden(block));
    assert_misuse(TRACKMEM_MISUSE_DOUBLE_FREE);
    assert_string_equal(witness.allocated_function, "keep");
    assert_string_equal(witness.freed_function, __func__);
    assert_string_equal(witness.here_function, __func__);
    assert_int_equal(witness.last.here.line, witness.last.freed.line + 1);
    assert_int_equal(witness.last.size, 40);
    assert_int_equal(witness.last.made_by, TRACKMEM_FAMILY_PLAIN);
    assert_true(trackmem_domain_same(witness.last.domain, &watched));
}

static void errno_survives_reports(void **state)
{
    (void)state;
    witness_begin();
    errno = 1234;
    trackmem_free(hidden(not_a_block));
    assert_int_equal(errno, 1234);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_window_shows_what_came_and_stayed),
        cmocka_unit_test(a_window_without_leaks_is_empty),
        cmocka_unit_test(windows_nest_and_blocks_of_size_0_leak_too),
        cmocka_unit_test(visits_of_sites_stop_when_told_and_may_allocate),
        cmocka_unit_test(reports_on_request_show_domains_and_sites),
        cmocka_unit_test(a_report_that_can_not_be_written_says_so),
        cmocka_unit_test(the_count_counts_and_the_handler_gets_its_argument),
        cmocka_unit_test(a_freed_block_s_report_has_everything),
        cmocka_unit_test(errno_survives_reports),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
