/*
 * platform/apart_linux.c: copies of the process, by fork. For the sweep alone.
 */
#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "platform/platform.h"

bool tmi_platform_can_run_apart(void)
{
    return true;
}

void *tmi_platform_map_shared(size_t size)
{
    void *pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    return pages != MAP_FAILED ? pages : NULL;
}

static const char *signal_name(int number)
{
    switch (number) {
    case SIGABRT: return "SIGABRT";
    case SIGBUS: return "SIGBUS";
    case SIGFPE: return "SIGFPE";
    case SIGILL: return "SIGILL";
    case SIGKILL: return "SIGKILL";
    case SIGSEGV: return "SIGSEGV";
    case SIGTRAP: return "SIGTRAP";
    default: return "";
    }
}

static void become_quiet(void)
{
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);

    (void)dup2(nowhere, 1);
    (void)dup2(nowhere, 2);
}

static int64_t now_in_milliseconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* The writing end of the pipe closes when the copy ends; perhaps one that it started holds it. */
static bool wait_for_close(int fd, uint32_t milliseconds)
{
    struct pollfd end = { .fd = fd, .events = POLLIN };
    int64_t until = now_in_milliseconds() + milliseconds;
    int64_t left = milliseconds;
    int closed;

    do {
        closed = poll(&end, 1, left > 0 ? (int)left : 0);
        left = until - now_in_milliseconds();
    } while (closed < 0 && errno == EINTR);
    return closed > 0;
}

static bool wait_for_end(pid_t process, int flags, int *status)
{
    pid_t ended;

    do
        ended = waitpid(process, status, flags);
    while (ended < 0 && errno == EINTR);
    return ended == process;
}

bool tmi_platform_run_apart(void (*fn)(void *argument), void *argument, uint32_t milliseconds,
                            bool quiet, struct tmi_apart *apart)
{
    const struct rlimit no_core = { 0, 0 };
    pid_t process;
    int status = 0;
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) != 0)
        return false;
    process = fork();
    if (process == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        (void)setrlimit(RLIMIT_CORE, &no_core);
        if (quiet)
            become_quiet();
        fn(argument);
        _exit(0);
    }
    (void)close(ends[1]);
    if (process > 0) {
        bool closed = wait_for_close(ends[0], milliseconds);

        if (!wait_for_end(process, closed ? 0 : WNOHANG, &status)) {
            apart->ending = TMI_ENDING_TIMEOUT;
            (void)kill(process, SIGKILL);
            (void)wait_for_end(process, 0, &status);
        } else {
            apart->ending = WIFSIGNALED(status) ? TMI_ENDING_SIGNAL : TMI_ENDING_EXIT;
        }
        apart->signal = WIFSIGNALED(status) ? signal_name(WTERMSIG(status)) : "";
        apart->code = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
    }
    (void)close(ends[0]);
    return process > 0;
}
