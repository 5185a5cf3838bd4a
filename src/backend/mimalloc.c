/*
 * backend/mimalloc.c: spans from mimalloc.
 *
 * Distributions build its shared library to take the place of malloc, and a program that is linked
 * to it gets that for everything it does. So it is loaded at run time, where its names stay its
 * own. It is never unloaded. Takes the loader's lock, once.
 *
 * mimalloc itself has nothing for a fork: in the child of one that came while another thread was
 * making mimalloc's first pages, it may have no memory to give.
 */
#include <dlfcn.h>
#include <mimalloc.h>
#include <stdbool.h>
#include <string.h>

#include "backend/backend.h"
#include "base/atomic.h"

struct functions {
    __typeof__(&mi_malloc) allocate;
    __typeof__(&mi_zalloc) allocate_zeroed;
    __typeof__(&mi_realloc) reallocate;
    __typeof__(&mi_free) release;
};

static struct functions mimalloc; /* atomic, relaxed: all who load it store the same */
static bool loaded;               /* atomic: stored with release, read with acquire */

/* Multiples of 16 bytes are what it gives alignment 16 for; we ask for no less. */
static void *mimalloc_allocate(void *context, size_t size, size_t alignment)
{
    (void)context;
    (void)alignment;
    return tmi_load(&mimalloc.allocate)(size);
}

static void *mimalloc_allocate_zeroed(void *context, size_t size, size_t alignment)
{
    (void)context;
    (void)alignment;
    return tmi_load(&mimalloc.allocate_zeroed)(size);
}

static void *mimalloc_reallocate(void *context, void *span, size_t old_size, size_t new_size,
                                 size_t alignment)
{
    (void)context;
    (void)old_size;
    (void)alignment;
    return tmi_load(&mimalloc.reallocate)(span, new_size);
}

static void mimalloc_free(void *context, void *span, size_t size, size_t alignment)
{
    __typeof__(&mi_free) release = tmi_load(&mimalloc.release);

    (void)context;
    (void)size;
    (void)alignment;
    release(span);
}

static const struct trackmem_backend mimalloc_backend = {
    .name = "mimalloc",
    .allocate = mimalloc_allocate,
    .allocate_zeroed = mimalloc_allocate_zeroed,
    .reallocate = mimalloc_reallocate,
    .free = mimalloc_free,
};

/* C has no cast from an object pointer to a function pointer; POSIX says that they are alike. */
static bool find(void *library, const char *name, void *function)
{
    void *address = dlsym(library, name);

    memcpy(function, &address, sizeof address);
    return address != NULL;
}

/*
 * Every free reads a header, often one that is in no cache; large pages save the walk of the page
 * tables before that. Unless MIMALLOC_LARGE_OS_PAGES says otherwise.
 */
static void prefer_large_pages(void *library)
{
    __typeof__(&mi_option_set_enabled_default) set;

    if (find(library, "mi_option_set_enabled_default", &set))
        set(mi_option_large_os_pages, true);
}

static bool load(struct functions *functions)
{
    void *library = dlopen(TMI_MIMALLOC_SONAME, RTLD_NOW | RTLD_LOCAL);

    if (library == NULL || !find(library, "mi_malloc", &functions->allocate) ||
        !find(library, "mi_zalloc", &functions->allocate_zeroed) ||
        !find(library, "mi_realloc", &functions->reallocate) ||
        !find(library, "mi_free", &functions->release))
        return false;
    prefer_large_pages(library);
    return true;
}

/* No thread waits for another here, which may not be there in a fork's child. */
static void publish(const struct functions *functions)
{
    tmi_store(&mimalloc.allocate, functions->allocate);
    tmi_store(&mimalloc.allocate_zeroed, functions->allocate_zeroed);
    tmi_store(&mimalloc.reallocate, functions->reallocate);
    tmi_store(&mimalloc.release, functions->release);
    tmi_store_release(&loaded, true);
}

const struct trackmem_backend *trackmem_backend_mimalloc(void)
{
    struct functions functions;

    if (!tmi_load_acquire(&loaded)) {
        if (!load(&functions))
            return NULL;
        publish(&functions);
    }
    return &mimalloc_backend;
}

bool tmi_backend_is_mimalloc(const struct trackmem_backend *backend)
{
    return backend->allocate == mimalloc_allocate;
}
