/*
 * Forks while another thread starts the library, or does something to a block: the child works,
 * whatever that thread was at. Each case has a process of its own, in which the library has not
 * started; the main one never uses it.
 */
#define _GNU_SOURCE
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>

#include "base/atomic.h"
#include "capture.h"
#include "witness.h"

enum { CHILD_SECONDS = 20, THREADS = 3 };

static struct {
    int ends[2];      /* of the pipe that is standard error */
    uint32_t starter; /* the thread's number; atomic: pairs within here */
} full;

static int work(void)
{
    for (size_t i = 0; i < 50; i++) {
        char *small = trackmem_malloc(i * 20 + 1);
        char *large = trackmem_malloc(30000);
        if (small == NULL || large == NULL)
            return 1;
        *small = *large = 'x';
        trackmem_free(small);
        trackmem_free(large);
    }
    trackmem_check_all();
    return 0;
}

/* How a fork's child ended that worked: 0 is well. One that hangs, with signals blocked even, is
 * killed. */
static int do_in_a_child(int (*work_there)(void))
{
    int status = -1;
    pid_t child = fork();
    if (child == 0)
        _exit(work_there());
    for (int i = 0; child > 0 && i < CHILD_SECONDS * 1000; i++) {
        if (waitpid(child, &status, WNOHANG) == child)
            return status;
        (void)usleep(1000);
    }
    if (child > 0 && kill(child, SIGKILL) == 0)
        (void)waitpid(child, &status, 0);
    return status;
}

static void *start_the_library(void *unused)
{
    (void)unused;
    __atomic_store_n(&full.starter, (uint32_t)syscall(SYS_gettid), __ATOMIC_RELEASE);
    trackmem_free(trackmem_malloc(10));
    return NULL;
}

/* Whether the thread sleeps: in the write for which the pipe has no room. */
static bool starter_sleeps(void)
{
    char path[64];
    char text[256];
    char *state;
    uint32_t starter = __atomic_load_n(&full.starter, __ATOMIC_ACQUIRE);
    ssize_t length;
    int fd;
    if (starter == 0)
        return false;
    (void)snprintf(path, sizeof path, "/proc/self/task/%u/stat", starter);
    fd = open(path, O_RDONLY);
    length = fd >= 0 ? read(fd, text, sizeof text - 1) : -1;
    close(fd);
    text[length > 0 ? length : 0] = '\0';
    state = strrchr(text, ')');
    return state != NULL && state[1] == ' ' && state[2] == 'S';
}

/* A thread that starts the library, and stays there until the pipe is drained; false: it passed. */
static bool begin_a_start_that_stays(pthread_t *thread)
{
    char zeros[4096] = { 0 };
    if (pipe(full.ends) != 0 || fcntl(full.ends[1], F_SETFL, O_NONBLOCK) != 0)
        return false;
    while (write(full.ends[1], zeros, sizeof zeros) > 0)
        continue;
    if (fcntl(full.ends[1], F_SETFL, 0) != 0 || dup2(full.ends[1], 2) != 2 ||
        pthread_create(thread, NULL, start_the_library, NULL) != 0)
        return false;
    for (int i = 0; i < 500 && !starter_sleeps(); i++)
        (void)usleep(10000);
    return starter_sleeps();
}

static void *drain(void *unused)
{
    char bytes[4096];
    (void)unused;
    while (read(full.ends[0], bytes, sizeof bytes) > 0)
        continue;
    return NULL;
}

static void *drain_later(void *unused)
{
    (void)usleep(300000); /* until then the fork has begun */
    return drain(unused);
}

static int ending(int status)
{
    return WIFEXITED(status) ? WEXITSTATUS(status) : WIFSIGNALED(status) ? WTERMSIG(status) : 99;
}

/* How a child ends that is forked while a thread stays in the start, until the pipe is drained. */
static int fork_beside_a_start(const char *options, bool drained_meanwhile)
{
    pthread_t starter;
    pthread_t drainer;
    int status;
    setenv("TRACKMEM", options, 1);
    if (!begin_a_start_that_stays(&starter))
        return 50;
    if (drained_meanwhile)
        (void)pthread_create(&drainer, NULL, drain_later, NULL);
    status = do_in_a_child(work);
    if (!drained_meanwhile)
        (void)pthread_create(&drainer, NULL, drain, NULL);
    (void)pthread_join(starter, NULL);
    return ending(status);
}

/* Only who forks drains: the fork may not wait for the help to be written. */
static int fork_while_the_help_is_written(void *unused)
{
    (void)unused;
    return fork_beside_a_start("help=list", false);
}

/* A wrong option is told of in the middle of the start, which the fork waits for. */
static int fork_while_options_are_parsed(void *unused)
{
    (void)unused;
    return fork_beside_a_start("raport=exit,check", true);
}

static void skip_where_children_of_threads_hang(void)
{
    if (TMI_ASAN || TMI_TSAN || EMULATED) /* their own locks do not outlive a fork among threads */
        skip();
}

static void a_fork_while_the_help_is_written_gives_a_child_that_works(void **state)
{
    (void)state;
    skip_where_children_of_threads_hang();
    capture(fork_while_the_help_is_written, NULL);
    assert_true(exited_with(0));
}

static void a_fork_while_options_are_parsed_gives_a_child_that_works(void **state)
{
    (void)state;
    skip_where_children_of_threads_hang();
    capture(fork_while_options_are_parsed, NULL);
    assert_true(exited_with(0));
}

static int fork_where_no_report_file_can_be_made(void *unused)
{
    pid_t child;
    int error;
    (void)unused;
    setenv("TRACKMEM", "out=/nowhere/report", 1);
    close(2); /* that is told there, in vain */
    trackmem_free(trackmem_malloc(3));
    errno = E2BIG;
    child = fork();
    error = errno;
    if (child == 0)
        _exit(0);
    (void)waitpid(child, NULL, 0);
    return error != E2BIG;
}

static void a_fork_keeps_errno_where_no_report_file_can_be_made(void **state)
{
    (void)state;
    capture(fork_where_no_report_file_can_be_made, NULL);
    assert_true(exited_with(0));
}

static void *work_in_a_thread(void *unused)
{
    (void)unused;
    return work() == 0 ? NULL : unused;
}

static bool over; /* atomic */

static void *work_until_it_is_over(void *unused)
{
    while (!tmi_load(&over) && work() == 0)
        continue;
    return unused;
}

/* Whether all could be started. */
static bool start_threads(pthread_t threads[THREADS], void *(*run)(void *))
{
    for (size_t i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, run, threads) != 0)
            return false;
    return true;
}

/* What ends in the child takes the places of those that are gone. */
static int work_in_threads(void)
{
    pthread_t threads[THREADS];
    void *failed = NULL;
    if (!start_threads(threads, work_in_a_thread))
        return 50;
    for (size_t i = 0; i < THREADS && failed == NULL; i++)
        pthread_join(threads[i], &failed);
    return failed != NULL;
}

/* How the first child ends that does not work, of so many that are forked beside threads. */
static int fork_beside(void *(*run)(void *), int (*work_there)(void), int forks)
{
    pthread_t threads[THREADS];
    int status = 0;
    if (!start_threads(threads, run))
        return 50;
    for (int i = 0; i < forks && status == 0; i++)
        status = do_in_a_child(work_there);
    tmi_store(&over, true);
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    return ending(status);
}

static int fork_while_threads_start(void *options)
{
    setenv("TRACKMEM", options, 1);
    return fork_beside(work_in_a_thread, work, 3);
}

static int fork_while_threads_are_busy(void *options)
{
    setenv("TRACKMEM", options, 1);
    return fork_beside(work_until_it_is_over, work_in_threads, 200);
}

/* A block of each thread, all of one size, and two domains. */
static struct {
    void *blocks[THREADS]; /* atomic */
    size_t size;
    uint32_t taken; /* atomic: by so many threads */
    struct trackmem_domain *domains[2];
} shared;

static void **take_a_block(void)
{
    return &shared.blocks[__atomic_fetch_add(&shared.taken, 1, __ATOMIC_RELAXED)];
}

static void *transfer_until_it_is_over(void *unused)
{
    void *block = *take_a_block();
    for (size_t i = 0; !tmi_load(&over); i++)
        if (trackmem_transfer(block, shared.domains[i % 2]) != TRACKMEM_OK)
            return unused;
    return NULL;
}

static void *free_until_it_is_over(void *unused)
{
    void **block = take_a_block();
    (void)unused;
    while (!tmi_load(&over)) {
        trackmem_free(*block);
        tmi_store(block, trackmem_malloc(shared.size));
    }
    return NULL;
}

static int free_all(void)
{
    for (size_t i = 0; i < THREADS; i++)
        trackmem_free(tmi_load(&shared.blocks[i]));
    return 0;
}

struct sharing {
    const char *options;
    size_t size;
    void *(*run)(void *);
};

/* Children free the blocks that the threads are at. */
static int fork_beside_users_of_blocks(void *argument)
{
    const struct sharing *sharing = argument;
    setenv("TRACKMEM", sharing->options, 1);
    shared.size = sharing->size;
    shared.domains[0] = trackmem_domain_create(NULL, "one");
    shared.domains[1] = trackmem_domain_create(NULL, "two");
    for (size_t i = 0; i < THREADS; i++)
        shared.blocks[i] = trackmem_malloc(sharing->size);
    return fork_beside(sharing->run, free_all, 100);
}

static void a_child_frees_blocks_that_other_threads_were_transferring(void **state)
{
    static const char *const modes[] = { "", "check", "guard=after", "check,quarantine=protect" };
    (void)state;
    skip_where_children_of_threads_hang();
    for (int i = 0; i < 8; i++) {
        struct sharing sharing = { modes[i / 2], i % 2 == 0 ? 16 : 40000,
                                   transfer_until_it_is_over };
        capture(fork_beside_users_of_blocks, hidden(&sharing));
        if (!exited_with(0) || captured.length != 0)
            fail_msg("%zu bytes, \"%s\": status %x\n%s", sharing.size, sharing.options,
                     (unsigned)captured.status, captured.text);
    }
}

/* What is wrong with the program is told, if anything is; it does not wait for who is gone. */
static void a_child_ends_that_frees_blocks_which_other_threads_were_freeing(void **state)
{
    static const char *const modes[] = { "check,fill=full,misuse=report,repeats=1",
                                         "guard=after,repeats=1" };
    (void)state;
    skip_where_children_of_threads_hang();
    for (int i = 0; i < 4; i++) {
        struct sharing sharing = { modes[i / 2], i % 2 == 0 ? 1000 : 40000, free_until_it_is_over };
        capture(fork_beside_users_of_blocks, hidden(&sharing));
        if (!exited_with(0))
            fail_msg("%zu bytes, \"%s\": status %x\n%s", sharing.size, sharing.options,
                     (unsigned)captured.status, captured.text);
    }
}

static void forks_beside_busy_threads_give_children_whose_threads_work(void **state)
{
    char check[] = "check";
    (void)state;
    skip_where_children_of_threads_hang();
    capture(fork_while_threads_are_busy, check);
    assert_true(exited_with(0));
}

static void forks_at_every_moment_of_the_start_give_children_that_work(void **state)
{
    static const char *const modes[] = { "", "check", "guard=sample:3", "reuse=off" };
    (void)state;
    skip_where_children_of_threads_hang();
    for (int i = 0; i < 100; i++) {
        const char *mode = modes[i % 4];
        capture(fork_while_threads_start, hidden(mode));
        if (!exited_with(0) || captured.length != 0)
            fail_msg("round %d, \"%s\": status %x\n%s", i, mode, (unsigned)captured.status,
                     captured.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fork_while_the_help_is_written_gives_a_child_that_works),
        cmocka_unit_test(a_fork_while_options_are_parsed_gives_a_child_that_works),
        cmocka_unit_test(forks_beside_busy_threads_give_children_whose_threads_work),
        cmocka_unit_test(forks_at_every_moment_of_the_start_give_children_that_work),
        cmocka_unit_test(a_fork_keeps_errno_where_no_report_file_can_be_made),
        cmocka_unit_test(a_child_frees_blocks_that_other_threads_were_transferring),
        cmocka_unit_test(a_child_ends_that_frees_blocks_which_other_threads_were_freeing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
