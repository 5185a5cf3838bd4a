/*
 * suite.h: where the measured code is: linked into this program, or in a shared object.
 */
#ifndef BENCH_SUITE_H
#define BENCH_SUITE_H

#include "workload.h"

/* Text for the usage line: what stands before the workload's name. */
extern const char bench_suite_argument[];

/*
 * Finds the suite; takes the arguments it needs off the front of argv.
 * Returns NULL after a line on standard error if it cannot.
 */
const struct bench_suite *bench_suite_find(int *argc, char ***argv);

#endif
