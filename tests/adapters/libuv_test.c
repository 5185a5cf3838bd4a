/*
 * libuv: a loop with timers, threads, files and the thread pool; refusals.
 */
#include "adapter.h"

#include <unistd.h>

#include <trackmem/adapters/libuv.h>
#include <trackmem/domain.h>

static TRACKMEM_DEFINE_DOMAIN(loops, "libuv", NULL);
TRACKMEM_LIBUV_DEFINE(uv_memory_setup, &loops);

static int begin(void **state)
{
    return adapter_begin(state) == 0 && uv_memory_setup() == TRACKMEM_OK ? 0 : -1;
}

static struct happenings {
    int ticks;
    int worked;
    int threads;
    long long entries;
    uint64_t most_blocks;
} seen;

static void on_tick(uv_timer_t *timer)
{
    if (live_blocks(&loops) > seen.most_blocks)
        seen.most_blocks = live_blocks(&loops);
    if (++seen.ticks == 5)
        uv_close((uv_handle_t *)timer, NULL);
}

static void work(uv_work_t *request)
{
    *(volatile int *)request->data = 42;
}

static void on_worked(uv_work_t *request, int status)
{
    assert_int_equal(status, 0);
    assert_int_equal(*(int *)request->data, 42);
    seen.worked++;
}

static void on_signal(uv_async_t *async)
{
    seen.threads++;
    uv_close((uv_handle_t *)async, NULL);
}

static void in_a_thread(void *async)
{
    uv_async_send(async);
}

static void on_folder(uv_fs_t *request)
{
    uv_dirent_t entry;
    seen.entries = (long long)request->result;
    assert_int_equal(uv_fs_scandir_next(request, &entry), 0);
    uv_fs_req_cleanup(request);
}

static void a_loop_runs_timers_threads_files_and_work(void **state)
{
    uv_loop_t loop;
    uv_timer_t timer;
    uv_work_t works[8];
    int results[8] = { 0 };
    uv_async_t async;
    uv_thread_t thread;
    uv_fs_t folder;
    (void)state;

    assert_int_equal(uv_loop_init(&loop), 0);
    assert_int_equal(uv_timer_init(&loop, &timer), 0);
    assert_int_equal(uv_timer_start(&timer, on_tick, 1, 2), 0);
    for (int i = 0; i < 8; i++) {
        works[i].data = &results[i];
        assert_int_equal(uv_queue_work(&loop, &works[i], work, on_worked), 0);
    }
    assert_int_equal(uv_async_init(&loop, &async, on_signal), 0);
    assert_int_equal(uv_thread_create(&thread, in_a_thread, &async), 0);
    assert_int_equal(uv_fs_scandir(&loop, &folder, TEST_FOLDER, 0, on_folder), 0);
    assert_int_equal(uv_run(&loop, UV_RUN_DEFAULT), 0);
    assert_int_equal(uv_thread_join(&thread), 0);
    assert_int_equal(seen.ticks, 5);
    assert_int_equal(seen.worked, 8);
    assert_int_equal(seen.threads, 1);
    assert_true(seen.entries > 10);
    assert_true(seen.most_blocks > 0);
    assert_int_equal(uv_loop_close(&loop), 0);
}

static void on_stat(uv_fs_t *request)
{
    assert_int_equal(request->result, 0);
    uv_fs_req_cleanup(request);
}

static uv_loop_t loop_of_refusals;

/*
 * What can be refused. Not here: libuv aborts where its thread pool or table of watchers cannot
 * grow, and 1.44 crashes in uv_interface_addresses and leaks in uv_os_environ.
 */
static bool folders(void)
{
    uv_fs_t status, folder;
    int error = uv_fs_stat(&loop_of_refusals, &status, TEST_FOLDER, on_stat);

    if (error == 0)
        assert_int_equal(uv_run(&loop_of_refusals, UV_RUN_DEFAULT), 0);
    if (error == 0)
        error = uv_fs_mkdtemp(NULL, &folder, "/tmp/trackmem-libuv-XXXXXX", NULL);
    if (error == 0) {
        error = rmdir(folder.path);
        uv_fs_req_cleanup(&folder);
    }
    if (error != 0)
        assert_int_equal(error, UV_ENOMEM);
    return error == 0;
}

static void each_refusal_is_an_error_of_libuv_and_leaves_nothing(void **state)
{
    (void)state;
    refuse_from(1, true);
    assert_int_equal(uv_loop_init(&loop_of_refusals), UV_ENOMEM);
    refuse_none();
    assert_int_equal(uv_loop_init(&loop_of_refusals), 0);
    refuse_each(&loops, folders);
    assert_int_equal(uv_loop_close(&loop_of_refusals), 0);
}

static void at_the_end_the_library_gives_its_threads_back(void **state)
{
    (void)state;
    uv_library_shutdown();
    assert_released(&loops);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_loop_runs_timers_threads_files_and_work),
        cmocka_unit_test(each_refusal_is_an_error_of_libuv_and_leaves_nothing),
        cmocka_unit_test(at_the_end_the_library_gives_its_threads_back),
    };
    return cmocka_run_group_tests(tests, begin, NULL);
}
