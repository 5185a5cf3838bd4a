/*
 * main.c: runs one workload of one variant in a process of its own and prints, as one line of JSON,
 * how long each repetition took. bench/run calls it, by turns for each variant.
 */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "suite.h"

#define MOST_REPETITIONS 100u

struct arguments {
    const struct bench_workload *workload;
    uint64_t seed;
    uint32_t repetitions; /* 0: as the workload has it */
    int cpu;              /* -1: any */
};

struct times {
    uint64_t wall_ns[MOST_REPETITIONS];
    uint64_t cpu_ns[MOST_REPETITIONS];
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
        } else if (strcmp(argv[i], "--repetitions") == 0 && value <= MOST_REPETITIONS) {
            into->repetitions = (uint32_t)value;
        } else if (strcmp(argv[i], "--cpu") == 0 && value < CPU_SETSIZE) {
            into->cpu = (int)value;
        } else {
            return false;
        }
    }
    return argc % 2 == 0;
}

static void print_times(const char *name, const uint64_t *times, uint32_t count)
{
    printf(", \"%s\": [", name);
    for (uint32_t i = 0; i < count; i++) {
        printf("%s%llu", i ? ", " : "", (unsigned long long)times[i]);
    }
    printf("]");
}

static void measure(const struct bench_suite *suite, const struct arguments *arguments)
{
    static struct times times;
    const struct bench_workload *workload = arguments->workload;
    uint32_t repetitions = arguments->repetitions ? arguments->repetitions : workload->repetitions;
    uint64_t before = status_bytes("VmRSS:");
    uint64_t grown;

    workload->setup(arguments->seed);
    workload->run(workload->warm_up);
    for (uint32_t i = 0; i < repetitions; i++) {
        uint64_t cpu = now_ns(CLOCK_PROCESS_CPUTIME_ID);
        uint64_t wall = now_ns(CLOCK_MONOTONIC);

        workload->run(workload->operations);
        times.wall_ns[i] = now_ns(CLOCK_MONOTONIC) - wall;
        times.cpu_ns[i] = now_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    }
    grown = status_bytes("VmRSS:") - before;
    printf("{\"workload\": \"%s\", \"operations\": %u, \"threads\": %u", workload->name,
           workload->operations, workload->threads);
    print_times("wall_ns", times.wall_ns, repetitions);
    print_times("cpu_ns", times.cpu_ns, repetitions);
    printf(", \"peak_bytes\": %llu, \"grown_bytes\": %llu, \"own_bytes\": %llu}\n",
           (unsigned long long)status_bytes("VmHWM:"), (unsigned long long)grown,
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
    measure(suite, &arguments);
    return 0;
}
