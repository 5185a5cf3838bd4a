/*
 * Options from the environment and from code: each good and bad, the messages, and who wins. Each
 * case runs in a child, since options act once a process.
 */
#define _GNU_SOURCE
#include "unit.h"

#include <fcntl.h>
#include <signal.h>
#include <stdalign.h>
#include <sys/stat.h>

#include "capture.h"
#include "witness.h"

#define ENVIRONMENT "TRACKMEM"

static alignas(64) char not_a_block[128];

static int allocate(void *unused)
{
    (void)unused;
    trackmem_free(trackmem_malloc(10));
    return 0;
}

static int misuse(void *unused)
{
    (void)unused;
    trackmem_free(hidden(not_a_block));
    return 0;
}

static int misuse_twice(void *unused)
{
    return misuse(unused) + misuse(unused);
}

static void with(const char *options, int (*fn)(void *))
{
    if (options != NULL)
        setenv(ENVIRONMENT, options, 1);
    else
        unsetenv(ENVIRONMENT);
    capture(fn, NULL);
    unsetenv(ENVIRONMENT);
}

static void says_only(const char *options, const char *line)
{
    with(options, allocate);
    if (strcmp(captured.text, line) != 0)
        print_message("options %s said\n%s", options, captured.text);
    assert_string_equal(captured.text, line);
    assert_true(exited_with(0));
}

static void good_options_say_nothing(void **state)
{
    static const char *const good[] = {
        NULL,
        "",
        "report=none",
        "misuse=report",
        "misuse=abort",
        "format=text",
        "format=json",
        "format=prometheus",
        "sites=1",
        "sites=1048576",
        "sites=64K",
        "sites=1M",
        "top=0",
        "top=10000",
        "reuse=on",
        "reuse=off",
        "help=none",
        "out=",
        "out=some file.txt",
        "report=none,format=json,top=3",
        ",report=none,,top=3,",
        "top=1,top=2",
    };
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        says_only(good[i], "");
}

static void an_unknown_option_is_named_with_the_nearest(void **state)
{
    (void)state;
    says_only("raport=exit",
              "trackmem: TRACKMEM: no option \"raport\"; did you mean \"report\"?\n");
    says_only("format=text,site=3",
              "trackmem: TRACKMEM: no option \"site\"; did you mean \"sites\"?\n");
    says_only("REPORT=exit",
              "trackmem: TRACKMEM: no option \"REPORT\"; did you mean \"report\"?\n");
    says_only("chek", "trackmem: TRACKMEM: no option \"chek\"; did you mean \"check\"?\n");
}

static void a_bad_choice_is_named_with_all(void **state)
{
    (void)state;
    says_only("symbols=yes",
              "trackmem: TRACKMEM: option symbols has no value \"yes\": one of none, "
              "helper, inprocess\n");
    says_only("report=",
              "trackmem: TRACKMEM: option report has no value \"\": one of none, exit\n");
}

static void a_bad_number_is_named_with_its_bounds(void **state)
{
    static const char *const bad[] = {
        "0",  "-1", "x",    "1x",  "K",       "1k",
        "2M", "1G", "0x10", "1.5", "1048577", "99999999999999999999"
    };
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char options[64];
        char line[160];
        (void)snprintf(options, sizeof options, "sites=%s", bad[i]);
        (void)snprintf(line, sizeof line,
                       "trackmem: TRACKMEM: bad value \"%s\": sites takes a number from 1 to "
                       "1048576\n",
                       bad[i]);
        says_only(options, line);
    }
    says_only("sites=", "trackmem: TRACKMEM: bad value \"\": sites takes a number from 1 to "
                        "1048576\n");
    says_only("top=10001",
              "trackmem: TRACKMEM: bad value \"10001\": top takes a number from 0 to 10000\n");
}

static void an_option_without_a_value_is_named(void **state)
{
    (void)state;
    says_only("report", "trackmem: TRACKMEM: no value for \"report\": write NAME=VALUE\n");
}

static void a_text_that_is_too_long_is_named(void **state)
{
    char options[400] = "out=";
    (void)state;
    memset(options + 4, 'x', 255);
    says_only(options, "");
    memset(options + 4, 'x', 300);
    with(options, allocate);
    assert_non_null(strstr(captured.text, "longer than 255 bytes"));
    assert_int_equal(lines_said(), 1);
}

static void each_mistake_is_one_line_and_the_rest_holds(void **state)
{
    (void)state;
    with("raport=exit,format=jsn,sites=0,misuse=abort,nonsense", misuse);
    assert_int_equal(count_of("trackmem: TRACKMEM:"), 4);
    assert_true(killed_by(SIGABRT));
}

static void misuse_goes_on_or_aborts(void **state)
{
    (void)state;
    with(NULL, misuse_twice);
    assert_true(exited_with(0));
    assert_int_equal(count_of("trackmem: foreign pointer"), 2);
    assert_true(says("the program goes on"));
    with("misuse=abort", misuse_twice);
    assert_true(killed_by(SIGABRT));
    assert_int_equal(count_of("trackmem: foreign pointer"), 1);
    assert_true(says("the program is aborted"));
}

static void reports_are_json_when_asked(void **state)
{
    (void)state;
    with("format=json", misuse);
    assert_int_equal(captured.text[0], '{');
    assert_true(says("\"foreign-pointer\""));
    assert_int_equal(lines_said(), 1);
}

static void the_accounting_is_written_at_exit_when_asked(void **state)
{
    (void)state;
    with("report=exit", allocate);
    assert_true(says("process"));
    assert_true(says("options_test.c:"));
    with("report=exit,format=json", allocate);
    assert_int_equal(captured.text[0], '{');
    assert_int_equal(lines_said(), 1);
    with("report=none", allocate);
    assert_int_equal(captured.length, 0);
}

static int allocate_at_many_sites(void *unused)
{
    void *blocks[5];
    (void)unused;
    blocks[0] = trackmem_malloc(100001);
    blocks[1] = trackmem_malloc(90001);
    blocks[2] = trackmem_malloc(80001);
    blocks[3] = trackmem_malloc(70001);
    blocks[4] = trackmem_malloc(60001);
    for (size_t i = 0; i < 5; i++)
        trackmem_free(blocks[i]);
    return 0;
}

static void top_limits_the_listed_sites(void **state)
{
    (void)state;
    with("report=exit,top=10", allocate_at_many_sites);
    assert_int_equal(count_of("options_test.c:"), 5);
    with("report=exit,top=2", allocate_at_many_sites);
    assert_int_equal(count_of("options_test.c:"), 2);
    with("report=exit,top=0", allocate_at_many_sites);
    assert_int_equal(count_of("options_test.c:"), 0);
}

static bool sum_other(const struct trackmem_site_stats *site, void *user)
{
    uint64_t *other = user;
    if (site->place.file != NULL && strcmp(site->place.file, "other") == 0)
        *other += site->live_blocks;
    return true;
}

/* The process's "other" is one of the four. */
static int more_sites_than_told_apart(void *unused)
{
    void *blocks[100];
    uint64_t other = 0;
    struct trackmem_stats stats;
    (void)unused;
    for (unsigned i = 0; i < 100; i++)
        blocks[i] = trackmem_malloc_at(trackmem_site_at("limit.c", i, "f", NULL), 10);
    trackmem_visit_sites(sum_other, &other);
    if (trackmem_domain_stats(NULL, true, &stats) != TRACKMEM_OK)
        return 1;
    if (other != 97 || stats.live_blocks != 100 || stats.live_bytes != 1000)
        return 2;
    for (unsigned i = 0; i < 100; i++)
        trackmem_free(blocks[i]);
    (void)trackmem_domain_stats(NULL, true, &stats);
    return stats.live_blocks == 0 ? 0 : 3;
}

static void sites_beyond_the_limit_are_other(void **state)
{
    (void)state;
    with("sites=4", more_sites_than_told_apart);
    assert_int_equal(captured.length, 0);
    assert_true(exited_with(0));
}

static int reuse_is_seen(void *unused)
{
    void *first = trackmem_malloc(100);
    struct trackmem_stats stats;
    (void)unused;
    trackmem_free(hidden(first));
    trackmem_free(hidden(first)); /* named either way */
    return trackmem_domain_stats(NULL, true, &stats) == TRACKMEM_OK && stats.live_blocks == 0 ? 0
                                                                                              : 1;
}

static void frees_are_checked_with_and_without_reuse(void **state)
{
    static const char *const options[] = { "reuse=on", "reuse=off" };
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        with(options[i], reuse_is_seen);
        assert_true(exited_with(0));
        assert_int_equal(count_of("double free"), 1);
    }
}

static void help_lists_every_option(void **state)
{
    /* clang-format off */
    static const char *const names[] = {
        "report=none|exit", "out=TEXT", "format=text|json|", "misuse=report|abort",
        "sites=NUMBER", "top=NUMBER", "reuse=on|off", "backend=libc|mimalloc", "budget=LIST",
        "fail=LIST", "help=none|list", "redzone=NUMBER", "fill=off|bounded|full",
        "fill_fresh=NUMBER", "fill_freed=NUMBER", "quarantine=LIST", "check_every=NUMBER",
        "check  ", "stacks=NUMBER", "symbols=none|helper|inprocess", "guard=LIST", "guard_align=16",
        "leaks=off|reachable|all", "leaks_exit=NUMBER", "suppress=TEXT", "baseline=TEXT",
        "baseline_write=TEXT", "repeats=NUMBER", "help  "
    };
    /* clang-format on */
    static char listed[sizeof captured.text];
    size_t entries = 0;
    size_t column = 0;
    (void)state;
    with("help=list", allocate);
    memcpy(listed, captured.text, captured.length + 1);
    with("help", allocate);
    assert_string_equal(captured.text, listed);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        assert_true(says(names[i]));
    for (const char *at = captured.text; *at != '\0'; ++at) {
        bool starts = at == captured.text || at[-1] == '\n';
        entries += starts && at[2] != ' ';
        column = *at == '\n' ? 0 : column + 1;
        assert_true(column <= 100);
    }
    assert_int_equal(entries, sizeof names / sizeof names[0]);
}

/* From code. */

static int set_before_and_after(void *unused)
{
    (void)unused;
    if (trackmem_set_options(NULL) != TRACKMEM_INVALID)
        return 1;
    if (trackmem_set_options("") != TRACKMEM_OK)
        return 2;
    if (trackmem_set_options("sites=100,reuse=off,format=json") != TRACKMEM_OK)
        return 3;
    trackmem_free(trackmem_malloc(1));
    if (trackmem_set_options("sites=100,format=text") != TRACKMEM_OK)
        return 4; /* the same as it was */
    if (trackmem_set_options("sites=200") != TRACKMEM_BUSY)
        return 5;
    if (trackmem_set_options("reuse=on,top=3") != TRACKMEM_BUSY)
        return 6;
    if (trackmem_set_options("raport=exit") != TRACKMEM_INVALID)
        return 7;
    if (trackmem_set_options("raport=exit,reuse=on") != TRACKMEM_INVALID)
        return 8;
    if (trackmem_set_options("misuse=abort") != TRACKMEM_OK)
        return 9;
    return misuse(NULL);
}

static void code_sets_options_and_those_of_the_start_not_later(void **state)
{
    (void)state;
    with(NULL, set_before_and_after);
    assert_true(killed_by(SIGABRT));
    assert_int_equal(count_of("trackmem: trackmem_set_options: no option \"raport\""), 2);
    assert_true(says("trackmem: foreign pointer"));
}

static int set_json(void *unused)
{
    if (trackmem_set_options("format=json,misuse=report") != TRACKMEM_OK)
        return 1;
    return misuse(unused);
}

static void the_environment_goes_before_what_code_set_earlier(void **state)
{
    (void)state;
    with("format=text,misuse=abort", set_json);
    assert_true(killed_by(SIGABRT));
    assert_true(says("trackmem: foreign pointer"));
}

static int ask_for_help_later(void *unused)
{
    (void)allocate(unused);
    return trackmem_set_options("help=list") == TRACKMEM_OK ? 0 : 1;
}

static void help_may_be_asked_for_later(void **state)
{
    (void)state;
    with(NULL, ask_for_help_later);
    assert_int_equal(count_of("help=none|list"), 1);
    assert_true(exited_with(0));
}

/* Files. */

static char *read_whole(const char *path)
{
    static char text[65536];
    FILE *file = fopen(path, "r");
    size_t length;
    if (file == NULL)
        return NULL;
    length = fread(text, 1, sizeof text - 1, file);
    text[length] = '\0';
    (void)fclose(file);
    return text;
}

static void reports_go_to_the_file_made_anew(void **state)
{
    static const char path[] = "options_test.out.txt";
    (void)state;
    with("out=options_test.out.txt", misuse_twice);
    assert_int_equal(captured.length, 0);
    assert_non_null(read_whole(path));
    with("out=options_test.out.txt,report=exit", misuse);
    assert_int_equal(captured.length, 0);
    assert_non_null(strstr(read_whole(path), "trackmem: foreign pointer"));
    assert_non_null(strstr(read_whole(path), "process"));
    assert_null(strstr(strstr(read_whole(path), "foreign pointer") + 1, "trackmem: foreign"));
    (void)unlink(path);
    with("out=options_test.out.txt", allocate); /* nothing to say: no file */
    assert_null(read_whole(path));
}

static int misuse_and_name_process(void *unused)
{
    (void)misuse(unused);
    (void)fprintf(stderr, "%ld", (long)getpid());
    return 0;
}

static void the_process_id_may_stand_in_the_name(void **state)
{
    char path[64];
    (void)state;
    with("out=options_test.%p.txt", misuse_and_name_process);
    (void)snprintf(path, sizeof path, "options_test.%ld.txt", strtol(captured.text, NULL, 10));
    assert_non_null(read_whole(path));
    assert_non_null(strstr(read_whole(path), "foreign pointer"));
    (void)unlink(path);
}

static int misuse_here_and_in_a_child(void *unused)
{
    pid_t child;
    int status;
    (void)misuse(unused);
    child = fork();
    if (child == 0) {
        (void)misuse(unused);
        _exit(0);
    }
    (void)waitpid(child, &status, 0);
    (void)fprintf(stderr, "%ld %ld", (long)getpid(), (long)child);
    return 0;
}

static void a_forked_child_starts_a_file_of_its_own(void **state)
{
    char path[64];
    char *next;
    long parent;
    long child;
    (void)state;
    with("out=options_test.%p.txt", misuse_here_and_in_a_child);
    parent = strtol(captured.text, &next, 10);
    child = strtol(next, NULL, 10);
    assert_true(parent > 0 && child > 0);
    for (int i = 0; i < 2; i++) {
        char *text;
        (void)snprintf(path, sizeof path, "options_test.%ld.txt", i == 0 ? parent : child);
        text = read_whole(path);
        assert_non_null(text);
        text = strstr(text, "foreign pointer:");
        assert_non_null(text);
        assert_null(strstr(text + 1, "foreign pointer:"));
        (void)unlink(path);
    }
}

static void a_file_that_can_not_be_made_is_told_once(void **state)
{
    (void)state;
    with("out=/nonexistent/folder/x.txt", misuse_twice);
    assert_int_equal(count_of("cannot create the report file '/nonexistent/folder/x.txt'"), 1);
    assert_int_equal(count_of("trackmem: foreign pointer"), 2);
    assert_true(exited_with(0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_options_say_nothing),
        cmocka_unit_test(an_unknown_option_is_named_with_the_nearest),
        cmocka_unit_test(a_bad_choice_is_named_with_all),
        cmocka_unit_test(a_bad_number_is_named_with_its_bounds),
        cmocka_unit_test(an_option_without_a_value_is_named),
        cmocka_unit_test(a_text_that_is_too_long_is_named),
        cmocka_unit_test(each_mistake_is_one_line_and_the_rest_holds),
        cmocka_unit_test(misuse_goes_on_or_aborts),
        cmocka_unit_test(reports_are_json_when_asked),
        cmocka_unit_test(the_accounting_is_written_at_exit_when_asked),
        cmocka_unit_test(top_limits_the_listed_sites),
        cmocka_unit_test(sites_beyond_the_limit_are_other),
        cmocka_unit_test(frees_are_checked_with_and_without_reuse),
        cmocka_unit_test(help_lists_every_option),
        cmocka_unit_test(code_sets_options_and_those_of_the_start_not_later),
        cmocka_unit_test(the_environment_goes_before_what_code_set_earlier),
        cmocka_unit_test(help_may_be_asked_for_later),
        cmocka_unit_test(reports_go_to_the_file_made_anew),
        cmocka_unit_test(the_process_id_may_stand_in_the_name),
        cmocka_unit_test(a_forked_child_starts_a_file_of_its_own),
        cmocka_unit_test(a_file_that_can_not_be_made_is_told_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
