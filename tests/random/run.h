/*
 * random/run.h: runs a program against the library, in the mode that the process is in.
 */
#ifndef TESTS_RANDOM_RUN_H
#define TESTS_RANDOM_RUN_H

#include <stdio.h>

#include "model.h"

#define MOST_SEEN 8u

/* Lies in memory that processes share where a child runs the program. */
struct outcome {
    struct expectation expected; /* of the bug, judged when its turn came */
    uint32_t seen_count;         /* atomic; what is above MOST_SEEN is only counted */
    struct seen seen[MOST_SEEN];
    bool finished;
    char wrong[120]; /* what the library did wrong besides; empty: nothing */
};

/* What was expected, and what was reported. */
void outcome_print(const struct outcome *outcome, FILE *stream);

/* Installs handlers of misuse and of faults, sets the mode's options and starts the library. */
void run_start(const struct mode *mode);

/*
 * Runs it in this process; a program that ends with blocks leaves the check to the sweep at exit.
 * own_domains: whether it may make and end domains, so that leaks are seen.
 */
void run_program(const struct program *program, const struct mode *mode, bool own_domains,
                 struct outcome *outcome);

#endif
