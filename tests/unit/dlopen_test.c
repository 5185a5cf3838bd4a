/*
 * Modules that come and go: their domains and sites stay known, their blocks stay valid, and a
 * module with a hidden copy of the library is told apart.
 */
#include "unit.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>

#include "witness.h"

#define TEXT_OF_EXPANDED(x) #x
#define TEXT_OF(x)          TEXT_OF_EXPANDED(x)
#define VERSION                     \
    TEXT_OF(TRACKMEM_VERSION_MAJOR) \
    "." TEXT_OF(TRACKMEM_VERSION_MINOR) "." TEXT_OF(TRACKMEM_VERSION_PATCH)

struct driver {
    void *module;
    void *(*malloc)(size_t size);
    void *(*default_malloc)(size_t size);
    void (*free)(void *ptr);
    struct trackmem_domain *(*get_domain)(void);
};

struct copy {
    void *module;
    void *(*malloc)(size_t size);
    void *(*aligned_alloc)(size_t size);
    void (*free)(void *ptr);
    void (*aligned_free)(void *ptr);
    void (*set_handler)(trackmem_misuse_fn *fn, void *user);
    uint64_t (*live_blocks)(void);
};

/* ISO C has no way to write it. */
static void look_up(void *module, const char *name, void *function)
{
    void *symbol = dlsym(module, name);
    assert_non_null(symbol);
    memcpy(function, &symbol, sizeof symbol);
}

static void *load(const char *path)
{
    void *module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (module == NULL)
        print_message("%s\n", dlerror());
    assert_non_null(module);
    return module;
}

static int open_null(void)
{
    static int fd = -1;
    return fd >= 0 ? fd : (fd = open("/dev/null", O_WRONLY));
}

static struct driver load_driver(void)
{
    struct driver driver = { .module = load(DRIVER_MODULE) };
    look_up(driver.module, "driver_malloc", &driver.malloc);
    look_up(driver.module, "driver_default_malloc", &driver.default_malloc);
    look_up(driver.module, "driver_free", &driver.free);
    look_up(driver.module, "driver_get_domain", &driver.get_domain);
    return driver;
}

static struct copy load_copy(void)
{
    struct copy copy = { .module = load(COPY_MODULE) };
    look_up(copy.module, "copy_malloc", &copy.malloc);
    look_up(copy.module, "copy_aligned_alloc", &copy.aligned_alloc);
    look_up(copy.module, "copy_free", &copy.free);
    look_up(copy.module, "copy_aligned_free", &copy.aligned_free);
    look_up(copy.module, "copy_set_handler", &copy.set_handler);
    look_up(copy.module, "copy_live_blocks", &copy.live_blocks);
    return copy;
}

static void unload(void *module, const char *path)
{
    assert_true(module != NULL && dlclose(module) == 0);
    if (dlopen(path, RTLD_NOW | RTLD_NOLOAD) != NULL)
        print_message("# this C library does not unload modules\n");
}

static bool find_driver_site(const struct trackmem_site_stats *site, void *user)
{
    if (site->place.file != NULL && strstr(site->place.file, "modules/driver.c") != NULL &&
        strcmp(site->place.function, "driver_malloc") == 0)
        *(struct trackmem_site_stats *)user = *site;
    return true;
}

static void sites_and_domains_of_an_unloaded_module_stay_known(void **state)
{
    struct driver driver = load_driver();
    char *block = driver.malloc(100);
    char *other = driver.default_malloc(50);
    struct trackmem_site_stats site = { .live_blocks = 0 };
    struct trackmem_domain *domain;
    (void)state;
    witness_begin();
    fill(block, 100, 1);
    unload(driver.module, DRIVER_MODULE);
    domain = trackmem_domain_find("driver module");
    assert_non_null(domain);
    assert_string_equal(domain->name, "driver module");
    assert_ptr_equal(trackmem_domain_of(block), domain);
    trackmem_visit_sites(find_driver_site, &site);
    assert_int_equal(site.live_blocks, 1);
    assert_int_equal(site.live_bytes, 100);
    assert_int_equal(trackmem_report(open_null(), TRACKMEM_FORMAT_TEXT), TRACKMEM_OK);
    assert_true(is_filled(block, 100, 1));
    trackmem_aligned_free(hidden(block));
    assert_misuse(TRACKMEM_MISUSE_MISMATCHED_FAMILY);
    assert_non_null(strstr(witness.allocated, "modules/driver.c"));
    assert_string_equal(witness.allocated_function, "driver_malloc");
    trackmem_free(block);
    trackmem_free(other);
    assert_nothing_alive();
}

static void a_block_freed_by_an_unloaded_module_is_known_as_freed(void **state)
{
    void *small = trackmem_malloc(100);
    struct driver driver = load_driver();
    (void)state;
    driver.free(small);
    witness_begin();
    trackmem_free(hidden(small));
    assert_misuse(TRACKMEM_MISUSE_DOUBLE_FREE);
    assert_string_equal(witness.freed_function, "driver_free");
    unload(driver.module, DRIVER_MODULE);
    witness_begin();
    trackmem_free(hidden(small));
    assert_misuse(TRACKMEM_MISUSE_DOUBLE_FREE);
    assert_nothing_alive();
}

static void a_module_loaded_again_has_the_same_domain_and_sites(void **state)
{
    uint64_t before = stats_of(trackmem_domain_find("driver module"), false).total_blocks;
    (void)state;
    witness_begin();
    for (int i = 0; i < 5; i++) {
        struct driver driver = load_driver();
        struct trackmem_site_stats site = { .live_blocks = 0 };
        void *block = driver.malloc(10);
        assert_true(
            trackmem_domain_same(driver.get_domain(), trackmem_domain_find("driver module")));
        trackmem_visit_sites(find_driver_site, &site);
        assert_int_equal(site.live_blocks, 1);
        driver.free(block);
        unload(driver.module, DRIVER_MODULE);
    }
    assert_int_equal(stats_of(trackmem_domain_find("driver module"), false).total_blocks,
                     before + 5);
    assert_no_misuse();
}

/* The other copy. */

static void check_other_copy(void *block, size_t size, const char *function, const char *module)
{
    assert_misuse(TRACKMEM_MISUSE_OTHER_COPY);
    assert_string_equal(witness.id, "other-copy");
    assert_ptr_equal(witness.last.block, block);
    assert_int_equal(witness.last.size, size);
    assert_string_equal(witness.allocated_function, function);
    assert_non_null(strstr(witness.text, module));
    assert_non_null(strstr(witness.text, "trackmem " VERSION " of copy_module.so"));
    assert_non_null(strstr(witness.text, "trackmem " VERSION " of libtrackmem.so"));
    witness_begin();
}

static void a_block_of_another_copy_is_named_with_its_module(void **state)
{
    struct copy copy = load_copy();
    static const size_t sizes[] = { 1, 100, 5000, 65536, 1 << 20 };
    (void)state;
    copy.set_handler(witness_note, NULL);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        char *theirs = copy.malloc(sizes[i]);
        char *paged = copy.aligned_alloc(sizes[i]);
        char *ours = trackmem_malloc(sizes[i]);
        witness_begin();
        trackmem_free(hidden(theirs));
        check_other_copy(theirs, sizes[i], "copy_malloc", "copy_module.so");
        assert_null(trackmem_realloc(hidden(theirs), 5));
        check_other_copy(theirs, sizes[i], "copy_malloc", "copy_module.so");
        trackmem_aligned_free(hidden(paged));
        check_other_copy(paged, sizes[i], "copy_aligned_alloc", "copy_module.so");
        assert_int_equal(trackmem_size(hidden(theirs)), 0);
        check_other_copy(theirs, sizes[i], "copy_malloc", "copy_module.so");
        copy.free(hidden(ours));
        check_other_copy(ours, sizes[i], __func__, "libtrackmem.so");
        copy.free(theirs);
        copy.aligned_free(paged);
        trackmem_free(ours);
        assert_no_misuse();
        assert_int_equal(copy.live_blocks(), 0);
        assert_nothing_alive();
    }
    copy.set_handler(NULL, NULL);
    unload(copy.module, COPY_MODULE);
}

static struct copy thread_copy;
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t turned = PTHREAD_COND_INITIALIZER;
static int turn;

static void wait_for(int wanted)
{
    pthread_mutex_lock(&gate);
    while (turn < wanted)
        pthread_cond_wait(&turned, &gate);
    pthread_mutex_unlock(&gate);
}

static void go_on(int next)
{
    pthread_mutex_lock(&gate);
    turn = next;
    pthread_cond_broadcast(&turned);
    pthread_mutex_unlock(&gate);
}

static void *use_and_outlive_the_copy(void *unused)
{
    (void)unused;
    for (size_t i = 0; i < 200; i++)
        thread_copy.free(thread_copy.malloc(i));
    trackmem_free(trackmem_malloc(10));
    go_on(1);
    wait_for(2); /* the module is gone */
    return NULL;
}

static void a_thread_may_outlive_a_copy_that_it_used(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        pthread_t thread;
        turn = 0;
        thread_copy = load_copy();
        assert_int_equal(pthread_create(&thread, NULL, use_and_outlive_the_copy, NULL), 0);
        wait_for(1);
        unload(thread_copy.module, COPY_MODULE);
        go_on(2);
        pthread_join(thread, NULL);
    }
    assert_nothing_alive();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sites_and_domains_of_an_unloaded_module_stay_known),
        cmocka_unit_test(a_block_freed_by_an_unloaded_module_is_known_as_freed),
        cmocka_unit_test(a_module_loaded_again_has_the_same_domain_and_sites),
        cmocka_unit_test(a_block_of_another_copy_is_named_with_its_module),
        cmocka_unit_test(a_thread_may_outlive_a_copy_that_it_used),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
