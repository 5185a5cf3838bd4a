/*
 * Runs a function in a child process and collects what it writes on standard error and how it ends.
 */
#ifndef TESTS_CAPTURE_H
#define TESTS_CAPTURE_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

struct capture {
    char text[262144];
    size_t length;
    pid_t pid;
    int status;
};

static struct capture captured;

static inline bool exited_with(int code)
{
    return WIFEXITED(captured.status) && WEXITSTATUS(captured.status) == code;
}

static inline bool killed_by(int number)
{
    return WIFSIGNALED(captured.status) && WTERMSIG(captured.status) == number;
}

/* fn returns the exit code; the child leaves by exit, so that what is done at the end is done. */
static inline void capture(int (*fn)(void *), void *argument)
{
    int ends[2];
    pid_t child;
    ssize_t got;

    captured.length = 0;
    (void)fflush(NULL);
    if (pipe(ends) != 0 || (child = fork()) < 0)
        abort();
    if (child == 0) {
        struct rlimit none = { 0, 0 };
        (void)setrlimit(RLIMIT_CORE, &none);
        (void)dup2(ends[1], 2);
        close(ends[0]);
        close(ends[1]);
        exit(fn(argument));
    }
    close(ends[1]);
    captured.pid = child;
    while ((got = read(ends[0], captured.text + captured.length,
                       sizeof captured.text - 1 - captured.length)) > 0)
        captured.length += (size_t)got;
    close(ends[0]);
    captured.text[captured.length] = '\0';
    if (waitpid(child, &captured.status, 0) != child)
        abort();
}

static inline bool says(const char *words)
{
    return strstr(captured.text, words) != NULL;
}

static inline size_t count_of(const char *words)
{
    size_t count = 0;
    for (const char *at = captured.text; (at = strstr(at, words)) != NULL; at += strlen(words))
        count++;
    return count;
}

static inline size_t lines_said(void)
{
    return count_of("\n");
}

#endif
