/*
 * main.c: one workload of one variant in a process of its own. It prints a line of JSON when it is
 * ready, one for each repetition, and one at the end. bench/run has the processes of two variants
 * side by side and asks each by turns for a repetition: a line on standard input. By hand,
 * --repetitions N has N of them at once.
 */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "suite.h"

struct arguments {
    const struct bench_workload *workload;
    uint64_t seed;
    uint64_t repetitions; /* 0: as standard input asks for them */
    int cpu;              /* -1: any */
};

static uint64_t now_ns(clockid_t clock)
{
    struct timespec time;

    clock_gettime(clock, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

/* A line of /proc/self/status in bytes, "VmHWM:" say; 0 if the system does not tell. */
static uint64_t status_bytes(const char *key)
{
    FILE *file = fopen("/proc/self/status", "r");
    char line[256];
    uint64_t kib = 0;

    if (!file) {
        return 0;
    }
    while (fgets(line, sizeof(line), file)) {
        if (strncmp(line, key, strlen(key)) == 0) {
            kib = strtoull(line + strlen(key), NULL, 10);
            break;
        }
    }
    fclose(file);
    return kib * 1024;
}

static bool number(const char *text, uint64_t most, uint64_t *value)
{
    char *end;

    errno = 0;
    *value = strtoull(text, &end, 10);
    return errno == 0 && end != text && *end == '\0' && *text != '-' && *value <= most;
}

static void list(const struct bench_suite *suite)
{
    for (size_t i = 0; i < suite->count; i++) {
        printf("%s\t%u\t%s\n", suite->workloads[i].name, suite->workloads[i].threads,
               suite->workloads[i].about);
    }
}

static bool parse(const struct bench_suite *suite, int argc, char **argv, struct arguments *into)
{
    uint64_t value;

    for (size_t i = 0; argc > 1 && i < suite->count; i++) {
        if (strcmp(suite->workloads[i].name, argv[1]) == 0) {
            into->workload = &suite->workloads[i];
        }
    }
    if (!into->workload) {
        return false;
    }
    for (int i = 2; i + 1 < argc; i += 2) {
        if (!number(argv[i + 1], 1u << 30, &value)) {
            return false;
        }
        if (strcmp(argv[i], "--seed") == 0) {
            into->seed = value;
        } else if (strcmp(argv[i], "--repetitions") == 0) {
            into->repetitions = value;
        } else if (strcmp(argv[i], "--cpu") == 0 && value < CPU_SETSIZE) {
            into->cpu = (int)value;
        } else {
            return false;
        }
    }
    return argc % 2 == 0;
}

/*
 * Moves the heap by less than a page, differently for each seed: where blocks stand relative to
 * other data decides about conflicts in the caches, and must not be the same luck in every round.
 * The block stays until the process ends.
 */
static void move_heap(uint64_t seed)
{
    static void *pad;

    pad = malloc((size_t)(seed * 2654435761u >> 4) % 256 * 16 + 16);
    bench_touch(pad);
}

/* Whether there is to be another repetition. */
static bool is_wanted(const struct arguments *arguments, uint64_t done)
{
    char line[16];

    if (arguments->repetitions) {
        return done < arguments->repetitions;
    }
    return fgets(line, sizeof(line), stdin) != NULL;
}

/* One repetition, behind a short run that wakes the CPU and the caches. */
static void repeat(const struct bench_workload *workload)
{
    uint64_t cpu;
    uint64_t wall;

    workload->run(workload->operations / 8);
    cpu = now_ns(CLOCK_PROCESS_CPUTIME_ID);
    wall = now_ns(CLOCK_MONOTONIC);
    workload->run(workload->operations);
    wall = now_ns(CLOCK_MONOTONIC) - wall;
    cpu = now_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    printf("{\"wall_ns\": %.2f, \"cpu_ns\": %.2f}\n", (double)wall / workload->operations,
           (double)cpu / workload->operations);
    (void)fflush(stdout);
}

static void measure(const struct bench_suite *suite, const struct arguments *arguments)
{
    const struct bench_workload *workload = arguments->workload;
    uint64_t before = status_bytes("VmRSS:");

    workload->setup(arguments->seed);
    workload->run(workload->warm_up);
    printf("{\"workload\": \"%s\"}\n", workload->name);
    (void)fflush(stdout);
    for (uint64_t done = 0; is_wanted(arguments, done); done++) {
        repeat(workload);
    }
    printf("{\"peak_bytes\": %llu, \"grown_bytes\": %llu, \"own_bytes\": %llu}\n",
           (unsigned long long)status_bytes("VmHWM:"),
           (unsigned long long)(status_bytes("VmRSS:") - before),
           (unsigned long long)suite->own_bytes());
    workload->finish();
}

int main(int argc, char **argv)
{
    const struct bench_suite *suite = bench_suite_find(&argc, &argv);
    struct arguments arguments = { .cpu = -1 };
    cpu_set_t cpu;

    if (!suite) {
        return 2;
    }
    if (argc == 2 && strcmp(argv[1], "--list") == 0) {
        list(suite);
        return 0;
    }
    if (!parse(suite, argc, argv, &arguments)) {
        fprintf(stderr,
                "usage: %s %sWORKLOAD [--seed N] [--repetitions N] [--cpu N]; "
                "--list names the workloads\n",
                argv[0], bench_suite_argument);
        return 2;
    }
    if (arguments.cpu >= 0) {
        CPU_ZERO(&cpu);
        CPU_SET(arguments.cpu, &cpu);
        (void)sched_setaffinity(0, sizeof(cpu), &cpu);
    }
    move_heap(arguments.seed);
    measure(suite, &arguments);
    return 0;
}
