/*
 * trackmem/trackmem_test.h: a sweep finds what is wrong at each point, else nothing.
 */
#define _GNU_SOURCE
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <trackmem/fail.h>
#include <trackmem/text.h>
#include <trackmem/trackmem_test.h>
#include <unistd.h>

#include "account/domain.h"

static TRACKMEM_DEFINE_DOMAIN(fleet, "fleet", NULL);
static TRACKMEM_DEFINE_DOMAIN(harbour, "harbour", &fleet);

#define SHIPS 5

enum fault { WELL, CRASHES, LEAKS, CHANGES, HANGS, FREES_TWICE, LOSES, EXITS, FAILS_ALWAYS };

/* Five blocks and a string; the third allocation is where the fault stands. */
static uint64_t sail(void *user)
{
    enum fault fault = *(enum fault *)user;
    char *ships[SHIPS] = { NULL };
    uint64_t result = 42;
    for (int i = 0; i < SHIPS; i++) {
        ships[i] = trackmem_malloc_in(&harbour, 100);
        if (ships[i] != NULL)
            continue;
        result = TRACKMEM_SWEEP_FAILED;
        if (i != 2 || fault == WELL)
            break;
        if (fault == CRASHES)
            abort();
        if (fault == EXITS)
            exit(3);
        if (fault == LEAKS)
            ships[0] = NULL;
        if (fault == CHANGES)
            result = 43;
        if (fault == HANGS)
            pause();
        if (fault == FREES_TWICE)
            trackmem_free(ships[0]);
        if (fault == LOSES)
            (void)tmi_add(&tmi_domain_of(&fleet)->reserved_bytes, 7);
        break;
    }
    for (int i = 0; i < SHIPS; i++)
        trackmem_free(ships[i]);
    return fault == FAILS_ALWAYS ? TRACKMEM_SWEEP_FAILED : result;
}

static struct trackmem_sweep_result result;

/* Runs a sweep, and returns what it wrote. */
static const char *report(struct trackmem_sweep *sweep, enum trackmem_status expected)
{
    static char text[4096];
    FILE *file = tmpfile();
    size_t length;
    assert_non_null(file);
    sweep->report_fd = fileno(file);
    assert_int_equal(trackmem_sweep_run(sweep, &result), expected);
    rewind(file);
    length = fread(text, 1, sizeof text - 1, file);
    text[length] = '\0';
    fclose(file);
    return text;
}

static const char *sweep_for(enum fault fault, enum trackmem_status expected)
{
    struct trackmem_sweep sweep = {
        .name = "sail", .scenario = sail, .user = &fault, .domain = &fleet, .timeout_seconds = 1
    };
    return report(&sweep, expected);
}

static void a_scenario_that_is_well_passes_at_every_point(void **state)
{
    (void)state;
    assert_string_equal(sweep_for(WELL, TRACKMEM_OK),
                        "sweep of sail: 5 points, 5 told, 0 absorbed, 0 findings\n");
    assert_true(result.complete);
    assert_int_equal(result.points, SHIPS);
    assert_int_equal(result.told, SHIPS);
}

static void a_crash_is_told_with_the_site_that_was_failed(void **state)
{
    (void)state;
    const char *text = sweep_for(CRASHES, TRACKMEM_OK);
    assert_non_null(strstr(text, "sweep of sail: point 3: crash by SIGABRT; failed: "));
    assert_non_null(strstr(text, "sweep_test.c:"));
    assert_non_null(strstr(text, " sail() in fleet/harbour\n"));
    assert_int_equal(result.crashes, 1);
    assert_int_equal(result.findings, 1);
    assert_int_equal(result.points, SHIPS); /* it went on */
    assert_true(result.complete);
}

static void an_exit_is_a_crash(void **state)
{
    (void)state;
    assert_non_null(strstr(sweep_for(EXITS, TRACKMEM_OK), "point 3: exit 3; failed: "));
    assert_int_equal(result.crashes, 1);
}

static void a_leak_is_told_with_its_size(void **state)
{
    (void)state;
    assert_non_null(
        strstr(sweep_for(LEAKS, TRACKMEM_OK), "point 3: leak of 1 block, 100 bytes; failed: "));
    assert_int_equal(result.leaks, 1);
    assert_int_equal(result.findings, 1);
}

static void another_result_is_told(void **state)
{
    (void)state;
    assert_non_null(strstr(sweep_for(CHANGES, TRACKMEM_OK),
                           "point 3: another result (2b instead of 2a); failed: "));
    assert_int_equal(result.changed, 1);
}

static void what_does_not_end_is_ended(void **state)
{
    (void)state;
    assert_non_null(
        strstr(sweep_for(HANGS, TRACKMEM_OK), "point 3: it did not end in time; failed: "));
    assert_int_equal(result.timeouts, 1);
    assert_true(result.complete);
}

static void a_misuse_is_told(void **state)
{
    (void)state;
    assert_non_null(strstr(sweep_for(FREES_TWICE, TRACKMEM_OK), "point 3: 1 misuse; failed: "));
    assert_int_equal(result.misuses, 1);
}

static void a_lost_charge_is_told(void **state)
{
    (void)state;
    assert_non_null(
        strstr(sweep_for(LOSES, TRACKMEM_OK), "point 3: lost charge of 7 bytes; failed: "));
    assert_int_equal(result.lost_charges, 1);
}

static void a_scenario_that_fails_unfailed_is_no_scenario(void **state)
{
    (void)state;
    (void)sweep_for(FAILS_ALWAYS, TRACKMEM_INVALID);
    assert_false(result.complete);
    struct trackmem_sweep sweep = { .name = "none" };
    assert_int_equal(trackmem_sweep_run(&sweep, NULL), TRACKMEM_INVALID);
    sweep = (struct trackmem_sweep){ .scenario = sail, .filter = "domain" };
    assert_int_equal(trackmem_sweep_run(&sweep, NULL), TRACKMEM_INVALID);
}

static void json_has_all_of_it(void **state)
{
    (void)state;
    enum fault fault = LEAKS;
    struct trackmem_sweep sweep = { .name = "sail",
                                    .scenario = sail,
                                    .user = &fault,
                                    .domain = &fleet,
                                    .format = TRACKMEM_FORMAT_JSON };
    const char *text = report(&sweep, TRACKMEM_OK);
    assert_non_null(strstr(text, "{\"type\":\"sweep\",\"name\":\"sail\",\"found\":[{"
                                 "\"point\":3,\"faults\":[\"leak\"],\"file\":"));
    assert_non_null(strstr(text, "\"domain\":\"fleet/harbour\",\"injected\":1,"
                                 "\"live_blocks\":1,\"live_bytes\":100,"));
    assert_non_null(strstr(text, "}],\"points\":5,\"told\":5,"));
    assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
}

static void points_can_be_chosen(void **state)
{
    (void)state;
    enum fault fault = LEAKS;
    struct trackmem_sweep sweep = {
        .scenario = sail, .user = &fault, .domain = &fleet, .first_point = 2, .last_point = 3
    };
    (void)report(&sweep, TRACKMEM_OK);
    assert_int_equal(result.points, 2);
    assert_int_equal(result.findings, 1);
    sweep.filter = "domain:elsewhere";
    (void)report(&sweep, TRACKMEM_OK);
    assert_int_equal(result.points, 0);
    assert_true(result.complete);
}

/* One that is retried, one that may fail, one that must not be failed. */
static uint64_t sail_on(void *user)
{
    void *retried = trackmem_malloc(1);
    void *optional = trackmem_malloc(2);
    void *vital;
    (void)user;
    if (retried == NULL)
        retried = trackmem_malloc(1);
    trackmem_fail_benign_begin();
    vital = trackmem_malloc(3);
    trackmem_fail_benign_end();
    trackmem_free(retried);
    trackmem_free(optional);
    trackmem_free(vital);
    return retried == NULL ? TRACKMEM_SWEEP_FAILED : vital != NULL ? 1 : 2;
}

static void what_a_scenario_absorbs_is_counted(void **state)
{
    (void)state;
    struct trackmem_sweep sweep = { .scenario = sail_on };
    assert_string_equal(report(&sweep, TRACKMEM_OK),
                        "sweep of scenario: 2 points, 0 told, 2 absorbed, 0 findings\n");
    sweep.all_further = true;
    assert_string_equal(report(&sweep, TRACKMEM_OK),
                        "sweep of scenario: 2 points, 1 told, 1 absorbed, 0 findings\n");
}

static void all_runs_in_this_process_where_asked(void **state)
{
    (void)state;
    enum fault fault = LEAKS;
    struct trackmem_sweep sweep = {
        .scenario = sail, .user = &fault, .domain = &fleet, .in_process = true
    };
    (void)report(&sweep, TRACKMEM_OK);
    assert_int_equal(result.points, SHIPS);
    assert_int_equal(result.leaks, 1);
    struct trackmem_stats stats;
    assert_int_equal(trackmem_domain_stats(&fleet, true, &stats), TRACKMEM_OK);
    assert_int_equal(stats.live_blocks, 1); /* it was this process's */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_scenario_that_is_well_passes_at_every_point),
        cmocka_unit_test(a_crash_is_told_with_the_site_that_was_failed),
        cmocka_unit_test(an_exit_is_a_crash),
        cmocka_unit_test(a_leak_is_told_with_its_size),
        cmocka_unit_test(another_result_is_told),
        cmocka_unit_test(what_does_not_end_is_ended),
        cmocka_unit_test(a_misuse_is_told),
        cmocka_unit_test(a_lost_charge_is_told),
        cmocka_unit_test(a_scenario_that_fails_unfailed_is_no_scenario),
        cmocka_unit_test(json_has_all_of_it),
        cmocka_unit_test(points_can_be_chosen),
        cmocka_unit_test(what_a_scenario_absorbs_is_counted),
        cmocka_unit_test(all_runs_in_this_process_where_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
