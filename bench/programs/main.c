/*
 * main.c: runs one of the programs, in one thread or in several at once: NAME [--threads N]
 * [--small]; --list names them. Exit code 0; 1: a program went wrong; 2: it was asked wrongly.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libraries.h"
#include "memory.h"
#include "program.h"

#define MOST_THREADS 64

static const struct program *const programs[] = {
    &program_demo, &program_lua, &program_json, &program_xml, &program_words, &program_formulas,
};
static const size_t program_count = sizeof programs / sizeof programs[0];

struct job {
    const struct program *program;
    const struct program_size *size;
};

static void *work(void *argument)
{
    const struct job *job = argument;
    return job->program->run(job->size) ? NULL : argument;
}

/* True if all threads did their work. */
static bool work_at_once(struct job *job, unsigned threads)
{
    pthread_t others[MOST_THREADS];
    unsigned started = 1;
    bool good = true;
    while (started < threads && pthread_create(&others[started], NULL, work, job) == 0)
        started++;
    good = started == threads && work(job) == NULL;
    for (unsigned i = 1; i < started; i++) {
        void *failed = NULL;
        good = pthread_join(others[i], &failed) == 0 && failed == NULL && good;
    }
    return good;
}

static const struct program *find(const char *name)
{
    for (size_t i = 0; i < program_count; i++)
        if (strcmp(programs[i]->name, name) == 0)
            return programs[i];
    return NULL;
}

int main(int count, char **arguments)
{
    struct job job = { NULL, NULL };
    unsigned threads = 1;
    bool good = true;
    if (count == 2 && strcmp(arguments[1], "--list") == 0) {
        for (size_t i = 0; i < program_count; i++)
            printf("%s\t%s\n", programs[i]->name, programs[i]->about);
        return 0;
    }
    job.program = count > 1 ? find(arguments[1]) : NULL;
    if (job.program)
        job.size = &job.program->full;
    for (int i = 2; job.program && i < count; i++) {
        if (strcmp(arguments[i], "--small") == 0)
            job.size = &job.program->small;
        else if (strcmp(arguments[i], "--threads") == 0 && i + 1 < count)
            threads = (unsigned)strtoul(arguments[++i], NULL, 10);
        else
            threads = 0;
    }
    if (!job.program || threads < 1 || threads > MOST_THREADS) {
        fprintf(stderr, "usage: %s --list | NAME [--threads N] [--small]\n", arguments[0]);
        return 2;
    }
    good = memory_start(false) && libraries_start() && work_at_once(&job, threads);
    libraries_finish();
    if (!good || !memory_finish(true)) {
        fprintf(stderr, "%s: went wrong, or did not give all back\n", job.program->name);
        return 1;
    }
    return 0;
}
