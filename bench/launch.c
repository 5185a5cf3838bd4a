/*
 * launch.c: runs a whole program on one CPU (or, for "-", on any) and prints, as one line of JSON,
 * the time it took and the most memory it had. A small program of its own: what a large one starts
 * is charged the memory of the parent first; and what is set for the program is not for this one.
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static uint64_t now_ns(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static uint64_t microseconds(struct timeval time)
{
    return (uint64_t)time.tv_sec * 1000000u + (uint64_t)time.tv_usec;
}

static void become(char **command)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (; *command && strchr(*command, '='); command++)
        putenv(*command);
    if (!*command)
        _exit(127);
    execv(command[0], command);
    fprintf(stderr, "launch: %s: %s\n", command[0], strerror(errno));
    _exit(127);
}

int main(int argc, char **argv)
{
    struct rusage usage;
    uint64_t start;
    uint64_t wall;
    cpu_set_t cpu;
    pid_t child;
    int status;

    if (argc < 3) {
        fprintf(stderr, "usage: %s CPU|- [NAME=VALUE...] PROGRAM [ARGUMENT...]\n", argv[0]);
        return 2;
    }
    if (strcmp(argv[1], "-") != 0) {
        CPU_ZERO(&cpu);
        CPU_SET((size_t)strtoul(argv[1], NULL, 10) % CPU_SETSIZE, &cpu);
        (void)sched_setaffinity(0, sizeof(cpu), &cpu);
    }
    start = now_ns();
    child = fork();
    if (child == 0) {
        become(argv + 2);
    }
    if (child < 0 || wait4(child, &status, 0, &usage) != child) {
        fprintf(stderr, "launch: %s\n", strerror(errno));
        return 2;
    }
    wall = now_ns() - start;
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        fprintf(stderr, "launch: the program ended with %s %d\n",
                WIFEXITED(status) ? "exit code" : "signal",
                WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
        return 2;
    }
    printf(
        "{\"wall_ns\": %llu, \"cpu_ns\": %llu, \"peak_bytes\": %llu}\n", (unsigned long long)wall,
        (unsigned long long)(microseconds(usage.ru_utime) + microseconds(usage.ru_stime)) * 1000u,
        (unsigned long long)usage.ru_maxrss * 1024u);
    return 0;
}
