/*
 * alloc/start.c: the start and the end of the library, and what a fork does to it.
 */
#include "alloc/start.h"

#include <string.h>

#include "account/account.h"
#include "account/budget.h"
#include "account/budget_call.h"
#include "account/names.h"
#include "account/own.h"
#include "account/snapshot.h"
#include "alloc/check.h"
#include "alloc/fail.h"
#include "alloc/guarding.h"
#include "alloc/leak_rules.h"
#include "alloc/leak_search.h"
#include "alloc/leaks.h"
#include "alloc/stacks.h"
#include "alloc/thread.h"
#include "backend/backend.h"
#include "block/watched.h"
#include "platform/platform.h"
#include "report/report.h"

static struct {
    struct tmi_lock lock; /* guards the start; rank "start", above all others */
    bool environment_read;
    bool started; /* atomic: stored with release, read with acquire */
} life;

bool tmi_started(void)
{
    return tmi_load_acquire(&life.started);
}

/* Who watches the heap sees a free only if it reaches the C library. */
bool tmi_start_reuses_spans(void)
{
    enum { REUSE_ON };
    bool built_in = tmi_backends[0].allocate == trackmem_backend_libc()->allocate ||
                    tmi_backend_is_mimalloc(&tmi_backends[0]);

    return tmi_options.reuse == REUSE_ON && built_in && !TMI_ASAN && tmi_watcher == NULL &&
           !tmi_platform_heap_is_watched();
}

static void configure_reports(void)
{
    enum { MISUSE_REPORT, MISUSE_ABORT };
    struct tmi_report_options options = {
        .out_path = tmi_options.out,
        .format = (enum trackmem_format)tmi_options.format,
        .abort_on_misuse = tmi_options.misuse == MISUSE_ABORT,
        .repeats = tmi_options.repeats,
        .top_sites = (size_t)tmi_options.top,
        .symbols = (enum tmi_symbols)tmi_options.symbols,
    };

    tmi_report_configure(&options);
}

/* Locks in the order of their ranks, so that the child finds all of them free. */
static void before_fork(void)
{
    tmi_platform_lock(&life.lock);
    tmi_leak_search_lock_for_fork();
    tmi_exact_lock_all();
    tmi_guard_lock_for_fork();
    tmi_budget_lock_for_fork();
    tmi_budget_call_lock_for_fork();
    tmi_fail_lock_for_fork();
    tmi_check_lock_for_fork();
    tmi_platform_lock(&tmi_names_lock);
    tmi_own_lock_for_fork();
    tmi_report_lock_for_fork();
    tmi_region_lock_for_fork();
}

static void after_fork(bool in_child)
{
    tmi_region_unlock_after_fork();
    tmi_report_unlock_after_fork(in_child);
    tmi_own_unlock_after_fork();
    tmi_platform_unlock(&tmi_names_lock);
    tmi_check_unlock_after_fork(in_child);
    tmi_fail_unlock_after_fork();
    tmi_budget_call_unlock_after_fork(in_child);
    tmi_budget_unlock_after_fork();
    tmi_guard_unlock_after_fork(in_child);
    tmi_exact_unlock_all();
    tmi_leak_search_unlock_after_fork();
    tmi_platform_unlock(&life.lock);
}

static void after_fork_in_parent(void)
{
    after_fork(false);
}

static void after_fork_in_child(void)
{
    after_fork(true);
    tmi_stacks_after_fork();
    tmi_thread_after_fork();
}

/*
 * Before any lock is taken while there are threads: one that starts the library holds "start", and
 * a fork in another waits for it, instead of leaving the child with half a start and nobody to end
 * it. Registering may allocate, and so can't be done by who holds it.
 */
TMI_AT_LOAD static void survive_forks(void)
{
    tmi_platform_at_fork(before_fork, after_fork_in_parent, after_fork_in_child);
}

/*
 * As the library starts, or later. Whoever asked prints with no lock held: what reads it may be who
 * forks.
 */
static bool take_help(void)
{
    bool asked = tmi_options.help != 0;

    tmi_options.help = 0;
    return asked;
}

/*
 * The environment, once; and the backend that it names, which means loading a library and so must
 * come with no lock held.
 */
static const struct trackmem_backend *read_environment(void)
{
    enum { BACKEND_LIBC, BACKEND_MIMALLOC };
    static const char missing[] =
        "trackmem: option backend: mimalloc is not here (libmimalloc.so); "
        "the C library's malloc is used\n";
    const struct trackmem_backend *backend = NULL;
    const char *environment;

    tmi_platform_lock(&life.lock);
    environment = life.environment_read ? NULL : tmi_platform_environment("TRACKMEM");
    if (environment != NULL)
        (void)tmi_options_parse(environment, "TRACKMEM");
    life.environment_read = true;
    tmi_platform_unlock(&life.lock);
    if (tmi_options.backend == BACKEND_MIMALLOC && tmi_backends[0].allocate == NULL) {
        backend = trackmem_backend_mimalloc();
        if (backend == NULL) {
            tmi_platform_write(2, missing, sizeof missing - 1);
            tmi_options.backend = BACKEND_LIBC;
        }
    }
    return backend != NULL ? backend : trackmem_backend_libc();
}

/* "start" is held. */
static bool start(const struct trackmem_backend *backend)
{
    if (!tmi_account_start((uint32_t)tmi_options.sites))
        return false;
    if (tmi_backends[0].allocate == NULL)
        tmi_backends[0] = *backend;
    tmi_leak_rules_configure();
    tmi_header_secret = tmi_platform_random() | (uint64_t)tmi_platform_random() << 32;
    tmi_watched_start();
    tmi_describe_start();
    tmi_check_start(tmi_guarding_start());
    tmi_guarding_catch();
    (void)tmi_thread_start(); /* without it threads that end keep their records */
    return true;
}

bool tmi_start(void)
{
    const struct trackmem_backend *backend;
    bool started = tmi_started();
    bool help;

    if (TMI_LIKELY(started))
        return true;
    backend = read_environment();
    tmi_stacks_configure();
    configure_reports(); /* with no lock held: it may load a library */
    tmi_platform_lock(&life.lock);
    started = life.started || start(backend);
    tmi_store_release(&life.started, started);
    help = started && take_help();
    tmi_platform_unlock(&life.lock);
    if (help)
        tmi_options_print(2);
    return started;
}

/* Puts back what acts at start only; false: something was meant to change. */
static bool keep_what_acts_at_start(const struct tmi_options *before)
{
    struct tmi_options wanted = tmi_options;

#define KEEP(name) tmi_options.name = before->name
    KEEP(sites);
    KEEP(reuse);
    KEEP(backend);
    KEEP(guard_align);
    KEEP(redzone);
    KEEP(fill);
    KEEP(fill_fresh);
    KEEP(fill_freed);
#undef KEEP
    /* Both are copies of one object, its padding too. */
    /* NOLINTNEXTLINE(bugprone-suspicious-memory-comparison) */
    return memcmp(&wanted, &tmi_options, sizeof wanted) == 0;
}

static enum trackmem_status set_after_start(const char *options)
{
    struct tmi_options before = tmi_options;
    enum trackmem_status status = tmi_options_parse(options, "trackmem_set_options");

    if (!keep_what_acts_at_start(&before) && status == TRACKMEM_OK)
        status = TRACKMEM_BUSY;
    if (take_help())
        tmi_options_print(2);
    tmi_stacks_configure();
    configure_reports();
    tmi_leak_rules_configure();
    tmi_check_configure();
    return status;
}

/* Before the start another thread may be at it, which parses the environment into the same. */
enum trackmem_status trackmem_set_options(const char *options)
{
    enum trackmem_status status = TRACKMEM_OK;
    bool started;

    if (options == NULL)
        return TRACKMEM_INVALID;
    tmi_platform_lock(&life.lock);
    started = life.started;
    if (!started)
        status = tmi_options_parse(options, "trackmem_set_options");
    tmi_platform_unlock(&life.lock);
    return started ? set_after_start(options) : status;
}

/* The last words of the process, or of the module that we stand in. */
TMI_AT_UNLOAD static void finish(void)
{
    struct tmi_snapshot *snapshot;

    if (!tmi_started())
        return;
    trackmem_trim();
    tmi_check_finish();
    tmi_leaks_at_exit();
    if (tmi_options.report != 0 && (snapshot = tmi_snapshot_create()) != NULL) {
        snapshot->kept_bytes = tmi_thread_kept_bytes();
        (void)tmi_report_accounting_to_out(snapshot, "at exit");
        tmi_snapshot_destroy(snapshot);
    }
    tmi_platform_thread_finish();
    tmi_guarding_finish();
    tmi_leaks_end_process();
}
