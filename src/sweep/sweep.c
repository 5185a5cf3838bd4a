/*
 * sweep/sweep.c: see trackmem/trackmem_test.h. Called by tests; one sweep at a time.
 */
#include "sweep/sweep.h"

#include <string.h>

#include "alloc/fail.h"
#include "trackmem/fail.h"

#define FIRST_PROGRESS  256 /* shorter sweeps show none */
#define DEFAULT_SECONDS 10

/* One run: set up here, carried out in a copy of the process or in this one. */
struct run {
    const struct trackmem_sweep *sweep;
    struct tmi_fail_rule rule;
    struct tmi_sweep_outcome *outcome;
};

static struct tmi_sweep_outcome unshared; /* where nothing runs apart */

static void copy_text(char *to, size_t size, const char *from)
{
    struct tmi_text text;

    tmi_text_init(&text, to, size);
    tmi_text_add_keeping_end(&text, from != NULL ? from : "", size - 1);
}

static void copy_path(char *to, size_t size, const struct tmi_domain *domain)
{
    char path[96];
    char longer[96];

    path[0] = '\0';
    for (; domain->parent != NULL; domain = domain->parent) {
        struct tmi_text text;

        memcpy(longer, path, sizeof path);
        tmi_text_init(&text, path, sizeof path);
        tmi_text_add(&text, domain->handle.name);
        tmi_text_add(&text, longer[0] != '\0' ? "/" : "");
        tmi_text_add(&text, longer);
    }
    copy_text(to, size, path);
}

/* At an injected failure: the run may crash next, so the place is put down at once. */
static void witness(const struct tmi_account *account, void *user)
{
    struct tmi_sweep_outcome *outcome = user;
    const struct trackmem_place *place = &account->site->place;

    if (outcome->injected++ != 0)
        return;
    copy_text(outcome->file, sizeof outcome->file, place->file);
    copy_text(outcome->function, sizeof outcome->function, place->function);
    copy_path(outcome->domain, sizeof outcome->domain, account->domain);
    outcome->line = place->line;
}

static int64_t lost_bytes(const struct trackmem_stats *stats)
{
    return (int64_t)(stats->charged_bytes - stats->live_bytes - stats->overhead_bytes);
}

static uint64_t increase(uint64_t before, uint64_t after)
{
    return after > before ? after - before : 0;
}

static void carry_out(void *argument)
{
    const struct run *run = argument;
    struct tmi_sweep_outcome *outcome = run->outcome;
    struct trackmem_stats before;
    struct trackmem_stats after;
    uint64_t misuses = trackmem_misuse_count();

    (void)trackmem_domain_stats(run->sweep->domain, true, &before);
    tmi_fail_set_witness(witness, outcome);
    tmi_fail_set(&run->rule);
    outcome->digest = run->sweep->scenario(run->sweep->user);
    outcome->seen = trackmem_fail_count();
    trackmem_fail_off();
    tmi_fail_set_witness(NULL, NULL);
    (void)trackmem_domain_stats(run->sweep->domain, true, &after);
    outcome->live_blocks = increase(before.live_blocks, after.live_blocks);
    outcome->live_bytes = increase(before.live_bytes, after.live_bytes);
    outcome->lost_bytes = lost_bytes(&after) - lost_bytes(&before);
    outcome->misuses = trackmem_misuse_count() - misuses;
    outcome->finished = true;
}

/* Runs a point, 0 for none. False: no process could be started. */
static bool run_point(struct run *run, struct tmi_sweep_point *point)
{
    const struct trackmem_sweep *sweep = run->sweep;
    uint32_t seconds = sweep->timeout_seconds != 0 ? sweep->timeout_seconds : DEFAULT_SECONDS;
    bool apart = run->outcome != &unshared;

    run->rule.trigger = sweep->all_further && point->number != 0 ? TMI_FAIL_AFTER : TMI_FAIL_NTH;
    run->rule.n = point->number == 0 ? UINT64_MAX : point->number - sweep->all_further;
    memset(run->outcome, 0, sizeof *run->outcome);
    point->outcome = run->outcome;
    point->apart = (struct tmi_apart){ .ending = TMI_ENDING_EXIT, .signal = "" };
    if (!apart)
        carry_out(run);
    else if (!tmi_platform_run_apart(carry_out, run, seconds * 1000, !sweep->show_output,
                                     &point->apart))
        return false;
    return true;
}

static unsigned faults_of(const struct tmi_sweep_point *point)
{
    const struct tmi_sweep_outcome *outcome = point->outcome;
    unsigned faults = 0;

    if (point->apart.ending == TMI_ENDING_TIMEOUT)
        return TMI_SWEEP_TIMEOUT;
    if (point->apart.ending == TMI_ENDING_SIGNAL || point->apart.code != 0 || !outcome->finished)
        return TMI_SWEEP_CRASH;
    if (outcome->live_blocks != 0 || outcome->live_bytes != 0)
        faults |= TMI_SWEEP_LEAK;
    if (outcome->lost_bytes != 0)
        faults |= TMI_SWEEP_LOST_CHARGE;
    if (outcome->misuses != 0)
        faults |= TMI_SWEEP_MISUSE;
    if (point->number != 0 && outcome->digest != point->expected &&
        (outcome->digest != TRACKMEM_SWEEP_FAILED || outcome->injected == 0))
        faults |= TMI_SWEEP_CHANGED;
    return faults;
}

static void count(struct trackmem_sweep_result *result, const struct tmi_sweep_point *point)
{
    const struct tmi_sweep_outcome *outcome = point->outcome;

    result->points += outcome->injected != 0;
    result->findings += point->faults != 0;
    result->crashes += (point->faults & TMI_SWEEP_CRASH) != 0;
    result->timeouts += (point->faults & TMI_SWEEP_TIMEOUT) != 0;
    result->leaks += (point->faults & TMI_SWEEP_LEAK) != 0;
    result->lost_charges += (point->faults & TMI_SWEEP_LOST_CHARGE) != 0;
    result->changed += (point->faults & TMI_SWEEP_CHANGED) != 0;
    result->misuses += (point->faults & TMI_SWEEP_MISUSE) != 0;
    if (outcome->finished && outcome->injected != 0) {
        result->told += outcome->digest == TRACKMEM_SWEEP_FAILED;
        result->absorbed += outcome->digest == point->expected;
    }
}

static bool examine(struct tmi_text *text, const struct trackmem_sweep *sweep,
                    struct tmi_sweep_point *point, struct trackmem_sweep_result *result)
{
    point->faults = faults_of(point);
    count(result, point);
    if (result->points % FIRST_PROGRESS == FIRST_PROGRESS - 1)
        tmi_sweep_show_progress(sweep, result);
    if (point->faults != 0 && result->points >= FIRST_PROGRESS)
        tmi_sweep_clear_progress();
    if (point->faults != 0)
        tmi_sweep_write_point(text, sweep, point);
    return point->faults == 0;
}

static enum trackmem_status sweep_all(struct tmi_text *text, struct run *run,
                                      struct trackmem_sweep_result *result)
{
    const struct trackmem_sweep *sweep = run->sweep;
    struct tmi_sweep_point point = { .number = 0 };

    if (!run_point(run, &point))
        return TRACKMEM_OUT_OF_MEMORY;
    point.expected = run->outcome->digest;
    if (!examine(text, sweep, &point, result) || point.expected == TRACKMEM_SWEEP_FAILED)
        return TRACKMEM_INVALID;
    point.number = sweep->first_point != 0 ? sweep->first_point : 1;
    for (; sweep->last_point == 0 || point.number <= sweep->last_point; ++point.number) {
        if (!run_point(run, &point))
            return TRACKMEM_OUT_OF_MEMORY;
        (void)examine(text, sweep, &point, result);
        result->complete = run->outcome->finished && run->outcome->injected == 0;
        if (run->outcome->injected == 0) /* too few allocations: all points are done */
            break;
    }
    return TRACKMEM_OK;
}

/* The filter becomes part of the rule. */
static bool parse_filter(const struct trackmem_sweep *sweep, struct tmi_fail_rule *rule)
{
    struct tmi_option_problem problem;
    const char *filter = sweep->filter != NULL ? sweep->filter : "";

    return tmi_fail_rule_parse(filter, strlen(filter), rule, &problem);
}

static bool flush(const char *bytes, size_t size, void *user)
{
    int fd = *(const int *)user;

    return fd < 0 || tmi_platform_write(fd, bytes, size);
}

enum trackmem_status trackmem_sweep_run(const struct trackmem_sweep *sweep,
                                        struct trackmem_sweep_result *result)
{
    struct trackmem_sweep_result unwanted;
    struct run run = { .sweep = sweep, .outcome = &unshared };
    int fd = sweep->report_fd != 0 ? sweep->report_fd : 2;
    enum trackmem_status status;
    struct tmi_text text;
    char buffer[512];

    result = result != NULL ? result : &unwanted;
    *result = (struct trackmem_sweep_result){ 0 };
    if (sweep->scenario == NULL || !parse_filter(sweep, &run.rule))
        return TRACKMEM_INVALID;
    if (!sweep->in_process && tmi_platform_can_run_apart())
        run.outcome = tmi_platform_map_shared(sizeof *run.outcome);
    if (run.outcome == NULL)
        return TRACKMEM_OUT_OF_MEMORY;
    tmi_text_init_stream(&text, buffer, sizeof buffer, flush, &fd);
    tmi_sweep_write_start(&text, sweep);
    status = sweep_all(&text, &run, result);
    if (result->points >= FIRST_PROGRESS)
        tmi_sweep_clear_progress();
    tmi_sweep_write_end(&text, sweep, result);
    if (!tmi_text_finish(&text) && status == TRACKMEM_OK)
        status = TRACKMEM_IO_ERROR;
    if (run.outcome != &unshared)
        tmi_platform_unmap(run.outcome, sizeof *run.outcome);
    return status;
}
