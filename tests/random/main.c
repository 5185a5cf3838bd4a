/*
 * random/main.c: many random programs in every mode, each in a process of its own.
 *
 *     random [--programs N] [--seed S] [--mode NAME] [--threads N] [--print]
 *
 * N programs from seed S on; each in each mode, with 1 and with 4 threads. One that fails is made
 * smaller and printed, with what repeats it. The last line is 'trackmem random: ok' if none does.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run.h"

#define PATIENCE_SECONDS 60u
#define MOST_FAILURES    3u

struct task {
    const struct mode *mode;
    struct outcome *outcome; /* shared */
    char why[200];           /* of the last failure */
};

struct counts { /* shared */
    uint64_t runs;
    uint64_t correct;
    uint64_t found;  /* bugs, by reports that are right */
    uint64_t silent; /* that the mode does not see, and did not report */
    uint64_t left_out;
    uint32_t failures;
};

static struct {
    uint64_t programs;
    uint64_t seed;
    const char *mode;
    uint32_t threads; /* 0: both */
    bool print;
} wanted = { .programs = 300, .seed = 1 };

static void run_child(const struct program *program, const struct task *task)
{
    alarm(PATIENCE_SECONDS);
    run_program(program, task->mode, true, task->outcome);
    exit(0);
}

/* Whether a program fails in this mode; a fails_fn. */
static bool fails(const struct program *program, void *user)
{
    struct task *task = user;
    struct outcome *outcome = task->outcome;
    const char *why;
    int status;
    pid_t child;

    fflush(NULL);
    memset(outcome, 0, sizeof *outcome);
    child = fork();
    if (child == 0)
        run_child(program, task);
    if (child < 0 || waitpid(child, &status, 0) != child)
        abort();
    why = compare(program, &outcome->expected, outcome->seen, outcome->seen_count);
    if (WIFSIGNALED(status) || WEXITSTATUS(status) != 0 || !outcome->finished)
        snprintf(task->why, sizeof task->why, "it ended with status %#x", (unsigned)status);
    else if (outcome->wrong[0] != '\0')
        snprintf(task->why, sizeof task->why, "%s", outcome->wrong);
    else if (why != NULL)
        snprintf(task->why, sizeof task->why, "%s", why);
    else
        return false;
    return true;
}

static void explain(struct program program, struct task *task, uint64_t seed)
{
    char why[sizeof task->why];

    memcpy(why, task->why, sizeof why);
    printf("FAILED: %s\n  repeat: --seed %llu --programs 1 --mode %s --threads %u\n", why,
           (unsigned long long)seed, task->mode->name, program.threads);
    outcome_print(task->outcome, stdout);
    shrink(&program, fails, task);
    (void)fails(&program, task);
    printf(" the smallest that fails: %s\n", task->why);
    program_print(&program, stdout);
    outcome_print(task->outcome, stdout);
}

static void count(struct counts *counts, const struct program *program,
                  const struct outcome *outcome)
{
    ++counts->runs;
    if (program->bug == NO_BUG)
        ++counts->correct;
    else if (!outcome->expected.runs)
        ++counts->left_out;
    else if (outcome->expected.reported)
        ++counts->found;
    else
        ++counts->silent;
}

static void run_mode(const struct mode *mode, uint32_t threads, struct counts *counts,
                     struct outcome *outcome)
{
    struct task task = { .mode = mode, .outcome = outcome };

    run_start(mode);
    for (uint64_t i = 0; i < wanted.programs && counts->failures < MOST_FAILURES; ++i) {
        uint64_t seed = wanted.seed + i;
        struct choices choices = { .state = seed * 0x9e3779b97f4a7c15u + 1 };
        struct program program = generate(&choices, threads, true);

        if (wanted.print)
            program_print(&program, stdout);
        if (fails(&program, &task)) {
            ++counts->failures;
            explain(program, &task, seed);
        }
        count(counts, &program, outcome);
    }
    fflush(NULL);
}

static bool parse(int argc, char **argv)
{
    for (int i = 1; i < argc; ++i) {
        const char *value = i + 1 < argc ? argv[i + 1] : NULL;

        if (strcmp(argv[i], "--print") == 0) {
            wanted.print = true;
            continue;
        }
        if (value == NULL)
            return false;
        if (strcmp(argv[i], "--programs") == 0)
            wanted.programs = strtoull(value, NULL, 10);
        else if (strcmp(argv[i], "--seed") == 0)
            wanted.seed = strtoull(value, NULL, 10);
        else if (strcmp(argv[i], "--mode") == 0)
            wanted.mode = value;
        else if (strcmp(argv[i], "--threads") == 0)
            wanted.threads = (uint32_t)strtoul(value, NULL, 10);
        else
            return false;
        ++i;
    }
    return wanted.threads <= MOST_THREADS;
}

static void *share(size_t bytes)
{
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (memory == MAP_FAILED)
        abort();
    return memory;
}

/* The mode is one of the whole process: here the library is not started. */
static bool run_in_child(const struct mode *mode, uint32_t threads)
{
    struct counts *counts = share(sizeof *counts);
    struct outcome *outcome = share(sizeof *outcome);
    pid_t child;
    int status;
    bool good;

    fflush(NULL);
    child = fork();
    if (child == 0) {
        run_mode(mode, threads, counts, outcome);
        _exit(0);
    }
    good = child > 0 && waitpid(child, &status, 0) == child && status == 0 &&
           counts->failures == 0 && counts->runs == wanted.programs;
    printf("%-18s %u thread%s %llu programs: %llu bugs found, %llu not to be seen, %llu left out, "
           "%llu correct; %u failed\n",
           mode->name, threads, threads == 1 ? ": " : "s:", (unsigned long long)counts->runs,
           (unsigned long long)counts->found, (unsigned long long)counts->silent,
           (unsigned long long)counts->left_out, (unsigned long long)counts->correct,
           counts->failures);
    munmap(counts, sizeof *counts);
    munmap(outcome, sizeof *outcome);
    return good;
}

int main(int argc, char **argv)
{
    static const uint32_t threads[] = { 1, 4 };
    bool good = true;
    bool any = false;

    if (!parse(argc, argv)) {
        fprintf(stderr, "random: see the opening of tests/random/main.c\n");
        return 2;
    }
    for (size_t i = 0; i < mode_count; ++i) {
        if (wanted.mode != NULL && strcmp(wanted.mode, modes[i].name) != 0)
            continue;
        for (size_t j = 0; j < sizeof threads / sizeof threads[0]; ++j) {
            if (wanted.threads != 0 && wanted.threads != threads[j])
                continue;
            good = run_in_child(&modes[i], threads[j]) && good;
            any = true;
        }
    }
    printf("%s\n", good && any ? "trackmem random: ok" : "trackmem random: FAILED");
    return good && any ? 0 : 1;
}
