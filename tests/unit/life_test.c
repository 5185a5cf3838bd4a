/*
 * Before main, after exit, in privileged processes; and as many domains as there may be.
 */
#define _GNU_SOURCE
#include "unit.h"

#include <stdalign.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <trackmem/backend.h>

#include "base/compiler.h"
#include "base/config.h"
#include "capture.h"
#include "witness.h"

#define EARLY __attribute__((constructor(101)))
#define LATE  __attribute__((destructor(101)))

static alignas(64) char not_a_block[128];
static char *early_block;
static bool late_work; /* set in the child that looks at the end */

EARLY static void allocate_before_main(void)
{
    early_block = trackmem_malloc(321);
    memset(early_block, 'e', 321);
}

static void work_late(const char *when)
{
    void *block = trackmem_malloc(100);
    void *large = trackmem_aligned_alloc(4096, 100000);
    block = trackmem_realloc(block, 3000);
    trackmem_aligned_free(large);
    trackmem_free(block);
    trackmem_free(hidden(not_a_block));
    (void)fprintf(stderr, "%s\n", when);
}

LATE static void work_after_everything(void)
{
    if (late_work)
        work_late("destructor done");
}

static void work_at_exit(void)
{
    work_late("atexit done");
}

static void blocks_made_before_main_are_counted(void **state)
{
    (void)state;
    assert_non_null(early_block);
    assert_int_equal(trackmem_size(early_block), 321);
    assert_int_equal(live_bytes(NULL), 321);
    trackmem_free(early_block);
    assert_nothing_alive();
}

static int exit_with_work(void *options)
{
    late_work = true;
    (void)trackmem_set_options(options);
    (void)atexit(work_at_exit);
    return 7;
}

static void verbs_work_during_exit(void **state)
{
    (void)state;
    capture(exit_with_work, (char[]){ "report=exit" });
    assert_true(exited_with(7));
    assert_int_equal(count_of("atexit done"), 1);
    assert_int_equal(count_of("destructor done"), 1);
    assert_int_equal(count_of("trackmem: foreign pointer"), 2);
    assert_true(says("process"));
}

/* A copy of this program that runs as another user ignores its environment. */
static int run_privileged(void *path)
{
    if (setgid(65534) != 0 || setuid(65534) != 0)
        return 99;
    setenv("TRACKMEM", "misuse=abort,format=json,raport=exit", 1);
    (void)execl(path, path, "--misuse", (char *)NULL);
    return 98;
}

static void the_environment_is_ignored_in_privileged_processes(void **state)
{
    char path[] = "/tmp/trackmem_life_test.XXXXXX";
    char command[256];
    char self[128];
    struct statvfs system_of;
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    int fd;
    (void)state;
    if (getuid() != 0 || length <= 0 || TMI_ASAN + TMI_TSAN != 0)
        skip();
    self[length] = '\0';
    fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    (void)snprintf(command, sizeof command, "cp '%s' '%s'", self, path);
    assert_int_equal(system(command), 0);
    assert_int_equal(chmod(path, 0755), 0);
    capture(run_privileged, path);
    if (!killed_by(6)) { /* it must act where it may, or this shows nothing */
        (void)unlink(path);
        skip();
    }
    assert_true(says("raport"));
    assert_int_equal(chmod(path, 04755), 0);
    if (statvfs(path, &system_of) != 0 || (system_of.f_flag & ST_NOSUID)) {
        (void)unlink(path);
        skip();
    }
    capture(run_privileged, path);
    (void)unlink(path);
    assert_true(exited_with(0));
    assert_false(says("raport"));
    assert_int_equal(count_of("trackmem: foreign pointer"), 1);
}

TRACKMEM_DEFINE_DOMAIN(late, "late", NULL);

static int take_all_domains(void *unused)
{
    char name[32];
    unsigned count = 0;
    struct trackmem_domain *last = NULL;
    void *block;
    (void)unused;
    for (; count < 20000; count++) {
        struct trackmem_domain *domain;
        (void)snprintf(name, sizeof name, "d%u", count);
        domain = trackmem_domain_create(NULL, name);
        if (domain == NULL)
            break;
        last = domain;
    }
    if (count != TMI_DOMAINS - 2) /* 0 is none, 1 the process */
        return 1;
    block = trackmem_malloc_in(last, 100);
    if (live_bytes(last) != 100 || live_bytes(NULL) != 100)
        return 2;
    (void)snprintf(name, sizeof name, "d%u", count - 1);
    if (trackmem_domain_find(name) != last || trackmem_domain_find("d0") == NULL)
        return 3;
    trackmem_free(block);
    if (trackmem_domain_destroy(&late) != TRACKMEM_OUT_OF_MEMORY ||
        trackmem_domain_set_budget(&late, 0, 10, NULL, NULL) != TRACKMEM_OUT_OF_MEMORY ||
        trackmem_domain_set_backend(&late, trackmem_backend_libc()) != TRACKMEM_OUT_OF_MEMORY)
        return 5; /* not to the process in its place */
    if (trackmem_domain_destroy(last) != TRACKMEM_OK)
        return 4;
    return 0;
}

static void there_are_as_many_domains_as_are_promised(void **state)
{
    (void)state;
    if (TMI_TSAN) /* takes minutes */
        skip();
    capture(take_all_domains, NULL);
    assert_true(exited_with(0));
}

int main(int count, char **arguments)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_made_before_main_are_counted),
        cmocka_unit_test(verbs_work_during_exit),
        cmocka_unit_test(the_environment_is_ignored_in_privileged_processes),
        cmocka_unit_test(there_are_as_many_domains_as_are_promised),
    };
    if (count > 1 && strcmp(arguments[1], "--misuse") == 0) {
        trackmem_free(hidden(not_a_block));
        return 0;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
