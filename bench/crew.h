/*
 * crew.h: threads that wait for work, each on a CPU of its own where there are enough.
 */
#ifndef BENCH_CREW_H
#define BENCH_CREW_H

#include <stdint.h>

#define BENCH_CREW_MOST 64u

/* What each member does with the operations of one repetition. */
typedef void bench_crew_job(uint32_t member, uint32_t operations);

/* Starts the threads; there is one crew at a time. Ends the process if it cannot. */
void bench_crew_start(uint32_t members);

/* Has every member do job, and waits for the last of them. */
void bench_crew_run(bench_crew_job *job, uint32_t operations);

/* Ends the threads. */
void bench_crew_finish(void);

#endif
