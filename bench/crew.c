/*
 * crew.c: the threads of the workloads that have several. They are started before the clock and
 * wait at a barrier; job and operations are written by the main thread before the barrier `start`
 * and read behind it.
 */
#include "crew.h"

#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

static struct {
    pthread_t threads[BENCH_CREW_MOST];
    pthread_barrier_t start;
    pthread_barrier_t end;
    uint32_t members;
    bench_crew_job *job; /* NULL: go home */
    uint32_t operations;
} crew;

static void pin(uint32_t member)
{
    cpu_set_t allowed, mine;
    int wanted;

    CPU_ZERO(&mine);
    if (sched_getaffinity(0, sizeof(allowed), &allowed) != 0 ||
        CPU_COUNT(&allowed) < (int)crew.members) {
        return;
    }
    wanted = (int)member;
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        if (CPU_ISSET(cpu, &allowed) && wanted-- == 0) {
            CPU_SET(cpu, &mine);
            (void)sched_setaffinity(0, sizeof(mine), &mine);
            return;
        }
    }
}

static void *member_main(void *argument)
{
    uint32_t member = (uint32_t)(uintptr_t)argument;

    pin(member);
    for (;;) {
        pthread_barrier_wait(&crew.start);
        if (!crew.job) {
            return NULL;
        }
        crew.job(member, crew.operations);
        pthread_barrier_wait(&crew.end);
    }
}

void bench_crew_start(uint32_t members)
{
    crew.members = members;
    pthread_barrier_init(&crew.start, NULL, members + 1);
    pthread_barrier_init(&crew.end, NULL, members + 1);
    for (uint32_t i = 0; i < members; i++) {
        if (pthread_create(&crew.threads[i], NULL, member_main, (void *)(uintptr_t)i) != 0) {
            fprintf(stderr, "bench: no thread could be started; see ulimit -u\n");
            exit(2);
        }
    }
}

void bench_crew_run(bench_crew_job *job, uint32_t operations)
{
    crew.job = job;
    crew.operations = operations;
    pthread_barrier_wait(&crew.start);
    pthread_barrier_wait(&crew.end);
}

void bench_crew_finish(void)
{
    crew.job = NULL;
    pthread_barrier_wait(&crew.start);
    for (uint32_t i = 0; i < crew.members; i++) {
        pthread_join(crew.threads[i], NULL);
    }
    pthread_barrier_destroy(&crew.start);
    pthread_barrier_destroy(&crew.end);
}
