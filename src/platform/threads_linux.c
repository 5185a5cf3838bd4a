/*
 * platform/threads_linux.c: threads of Linux, held by ptrace; the contract is threads.h.
 *
 * A process may not trace itself, so a helper process is cloned that shares all memory with us (as
 * LeakSanitizer does it): it seizes each thread, reads the registers, and lets go when it is told.
 * A signal whose handler waits would need no helper, but threads of drivers block all signals
 * (Mesa's and libusb's do), and what a signal interrupts may fail with EINTR. What ptrace needs may
 * be missing: under a debugger, in some sandboxes, in emulation; then the threads run on, and that
 * is told.
 *
 * The helper has our thread-local storage as well, and errno in it, while its caller only waits.
 */
#define _GNU_SOURCE
#include "platform/threads.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/atomic.h"
#include "base/text.h"
#include "platform/registers.h"

#define STACK_BYTES   65536u
#define LIST_BYTES    8192u /* of names, as the kernel lists the threads */
#define SPARE_THREADS 64u   /* that may begin while we look */
#define PATIENCE_MS   1000
#define HELPER_MS     5000 /* more than the helper needs if every wait runs out */

enum phase { PHASE_MADE, PHASE_GO, PHASE_HELD, PHASE_LET_GO };

struct work {
    uint32_t phase; /* atomic, a futex: the helper's and its caller's turn */
    pid_t process;
    pid_t caller;
    pid_t helper;
    sigset_t signals; /* of the caller, before */
    struct tmi_held_threads *threads;
    size_t capacity; /* of threads->list */
    char list[LIST_BYTES] TMI_ALIGNED(8);
    char stack[STACK_BYTES] TMI_ALIGNED(64);
    struct tmi_held_thread held[];
};

/* The kernel counts a folder's subfolders: one a thread, and two. */
static size_t count_threads(void)
{
    struct stat status;

    return stat("/proc/self/task", &status) == 0 && status.st_nlink > 2 ? status.st_nlink - 2 : 0;
}

size_t tmi_threads_work_bytes(void)
{
    int saved_errno = errno;
    size_t count = count_threads() + SPARE_THREADS;

    errno = saved_errno;
    return sizeof(struct work) + count * sizeof(struct tmi_held_thread);
}

static uint64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void wait_for_change(uint32_t *word, uint32_t value, long ms)
{
    struct timespec limit = { ms / 1000, ms % 1000 * 1000000 };

    syscall(SYS_futex, word, FUTEX_WAIT, value, &limit, NULL, 0);
}

static void set_phase(struct work *work, enum phase phase)
{
    tmi_store_release(&work->phase, phase);
    syscall(SYS_futex, &work->phase, FUTEX_WAKE, 1, NULL, NULL, 0);
}

static long trace(long request, pid_t thread, const void *address, const void *data)
{
    return syscall(SYS_ptrace, request, thread, address, data);
}

static void note_running(struct tmi_held_threads *threads, const char *what, int error)
{
    ++threads->running;
    if (threads->why[0] == '\0') {
        /* Known texts: strerror may allocate for others. */
        const char *why = error == EPERM    ? ": Operation not permitted"
                          : error == ENOSYS ? ": Function not implemented"
                                            : "";

        strncat(threads->why, what, sizeof threads->why - 1);
        strncat(threads->why, why, sizeof threads->why - 1 - strlen(threads->why));
    }
}

static bool is_listed(const struct tmi_held_threads *threads, pid_t thread)
{
    for (size_t i = 0; i < threads->entries; ++i)
        if (threads->list[i].id == (uint32_t)thread)
            return true;
    return false;
}

/* "/proc/PROCESS/task", and what is in it of one thread. */
static void name_task(const struct work *work, pid_t thread, const char *of, char *path,
                      size_t size)
{
    struct tmi_text text;

    tmi_text_init(&text, path, size);
    tmi_text_add(&text, "/proc/");
    tmi_text_add_unsigned(&text, (uint64_t)work->process);
    tmi_text_add(&text, "/task");
    if (thread != 0) {
        tmi_text_add_char(&text, '/');
        tmi_text_add_unsigned(&text, (uint64_t)thread);
    }
    tmi_text_add(&text, of);
}

/* Whether a thread has ended and only its number is left; its main thread may be like that. */
static bool has_ended(const struct work *work, pid_t thread)
{
    char path[64];
    char text[256];
    const char *state;
    ssize_t got;
    int fd;

    name_task(work, thread, "/stat", path, sizeof path);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    got = fd >= 0 ? read(fd, text, sizeof text - 1) : 0;
    if (fd >= 0)
        (void)close(fd);
    text[got > 0 ? got : 0] = '\0';
    state = strrchr(text, ')'); /* behind the name, which may hold anything */
    return fd < 0 || state == NULL || state[1] == '\0' || state[2] == 'Z' || state[2] == 'X';
}

/* Asks one thread to stop. */
static void seize(struct work *work, pid_t thread)
{
    struct tmi_held_threads *threads = work->threads;
    struct tmi_held_thread *entry = &threads->list[threads->entries];
    int error;

    if (threads->entries == work->capacity) {
        note_running(threads, "too many threads began", 0);
        return;
    }
    *entry = (struct tmi_held_thread){ .id = (uint32_t)thread };
    if (trace(PTRACE_SEIZE, thread, NULL, NULL) == 0) {
        ++threads->entries;
        (void)trace(PTRACE_INTERRUPT, thread, NULL, NULL);
        return;
    }
    error = errno;
    if (error == ESRCH || has_ended(work, thread))
        return;
    ++threads->entries; /* so that it is tried and told once */
    note_running(threads, "ptrace", error);
}

/* Waits for one to stop. A signal that comes instead stops it as well, and is handed on later. */
static void await(struct work *work, struct tmi_held_thread *thread, uint64_t deadline)
{
    static const struct timespec moment = { 0, 50000 };
    int status;

    for (;;) {
        long got = syscall(SYS_wait4, (pid_t)thread->id, &status, __WALL | WNOHANG, NULL);

        if (got < 0 && errno == EINTR)
            continue;
        if (got == (long)thread->id && WIFSTOPPED(status)) {
            thread->held = true;
            thread->signal = status >> 16 == 0 ? WSTOPSIG(status) : 0;
            ++work->threads->held;
            tmi_registers_read(thread);
            return;
        }
        if (got != 0) /* it ended */
            return;
        if (now_ms() >= deadline) {
            note_running(work->threads, "they did not stop in time", 0);
            return;
        }
        clock_nanosleep(CLOCK_MONOTONIC, 0, &moment, NULL);
    }
}

struct entry {
    uint64_t inode;
    int64_t offset;
    unsigned short length;
    unsigned char type;
    char name[];
};

static pid_t number_of(const char *name)
{
    pid_t number = 0;

    for (; *name >= '0' && *name <= '9'; ++name)
        number = number * 10 + (*name - '0');
    return number;
}

/* Seizes all that are not yet; false: the list cannot be read. *found: whether there were any. */
static bool seize_new(struct work *work, bool *found)
{
    char path[64];
    long got;
    int fd;

    name_task(work, 0, "", path, sizeof path);
    fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    *found = false;
    if (fd < 0)
        return false;
    while ((got = syscall(SYS_getdents64, fd, work->list, sizeof work->list)) > 0) {
        for (long at = 0; at < got;) {
            const struct entry *entry = (const void *)(work->list + at);
            pid_t thread = number_of(entry->name);
            size_t before = work->threads->entries;

            if (thread != 0 && thread != work->caller && !is_listed(work->threads, thread)) {
                seize(work, thread);
                *found = *found || work->threads->entries != before;
            }
            at += entry->length;
        }
    }
    (void)close(fd);
    return got == 0;
}

/* A thread that is held can begin no other: when a whole look finds none, all are held. */
static void hold_all(struct work *work)
{
    uint64_t deadline = now_ms() + PATIENCE_MS;
    struct tmi_held_threads *threads = work->threads;
    size_t awaited = 0;
    bool found;

    do {
        if (!seize_new(work, &found)) {
            note_running(threads, "/proc cannot be read", 0);
            return;
        }
        for (; awaited < threads->entries; ++awaited)
            await(work, &threads->list[awaited], deadline);
    } while (found);
}

static int help(void *argument)
{
    struct work *work = argument;
    uint32_t phase;

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    while (tmi_load_acquire(&work->phase) == PHASE_MADE)
        wait_for_change(&work->phase, PHASE_MADE, HELPER_MS);
    if (getppid() != work->process)
        return 0;
    hold_all(work);
    set_phase(work, PHASE_HELD);
    while ((phase = tmi_load_acquire(&work->phase)) == PHASE_HELD)
        wait_for_change(&work->phase, phase, HELPER_MS);
    for (size_t i = 0; i < work->threads->entries; ++i) {
        const struct tmi_held_thread *thread = &work->threads->list[i];

        if (thread->held)
            (void)trace(PTRACE_DETACH, (pid_t)thread->id, NULL, (void *)(intptr_t)thread->signal);
    }
    return 0;
}

/* Yama lets a process trace its descendants only, unless it was told who may. */
static void let_helper_trace(pid_t helper)
{
    char scope = '0';
    int fd = open("/proc/sys/kernel/yama/ptrace_scope", O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return;
    if (read(fd, &scope, 1) == 1 && scope == '1')
        (void)prctl(PR_SET_PTRACER, helper, 0, 0, 0);
    (void)close(fd);
}

/* No handler of the program may run here while it cannot wait for another thread. */
static void block_signals(sigset_t *before)
{
    static const int faults[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT, SIGSYS };
    sigset_t all;

    sigfillset(&all);
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; ++i)
        sigdelset(&all, faults[i]);
    (void)pthread_sigmask(SIG_SETMASK, &all, before);
}

static void run_helper(struct work *work)
{
    uint64_t deadline = now_ms() + HELPER_MS;
    bool ended = false;

    work->helper = clone(help, work->stack + STACK_BYTES,
                         CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_UNTRACED, work);
    if (work->helper < 0) {
        note_running(work->threads, "no helper process", errno);
        return;
    }
    let_helper_trace(work->helper);
    set_phase(work, PHASE_GO);
    while (tmi_load_acquire(&work->phase) == PHASE_GO && now_ms() < deadline && !ended) {
        wait_for_change(&work->phase, PHASE_GO, 100);
        ended = tmi_load_acquire(&work->phase) == PHASE_GO &&
                syscall(SYS_wait4, work->helper, NULL, __WALL | WNOHANG, NULL) == work->helper;
    }
    if (tmi_load_acquire(&work->phase) == PHASE_HELD)
        return;
    if (!ended) {
        (void)kill(work->helper, SIGKILL);
        (void)syscall(SYS_wait4, work->helper, NULL, __WALL, NULL);
    }
    work->helper = -1;
    work->threads->entries = work->threads->held = 0;
    note_running(work->threads, "the helper process ended", 0);
}

void tmi_threads_hold(struct tmi_held_threads *threads, void *memory, size_t bytes)
{
    int saved_errno = errno;
    struct work *work = memory;
    size_t others = count_threads();

    *threads = (struct tmi_held_threads){ .work = work, .list = work->held };
    work->threads = threads;
    work->process = getpid();
    work->caller = (pid_t)syscall(SYS_gettid);
    work->capacity = (bytes - sizeof *work) / sizeof work->held[0];
    work->helper = -1;
    block_signals(&work->signals);
    if (TMI_TSAN) /* which keeps a record of each thread that there is, and of this none */
        note_running(threads, "ThreadSanitizer cannot be held", 0);
    else if (others != 1)
        run_helper(work);
    if (threads->running != 0 && threads->entries == 0 && others > 1)
        threads->running = others - 1;
    errno = saved_errno;
}

void tmi_threads_release(struct tmi_held_threads *threads)
{
    int saved_errno = errno;
    struct work *work = threads->work;

    if (work->helper > 0) {
        set_phase(work, PHASE_LET_GO);
        while (syscall(SYS_wait4, work->helper, NULL, __WALL, NULL) < 0 && errno == EINTR)
            continue;
    }
    (void)pthread_sigmask(SIG_SETMASK, &work->signals, NULL);
    errno = saved_errno;
}
