/*
 * stack/quick_libunwind.c: addresses by libunwind's unw_backtrace; see unwind.h.
 *
 * Who links libunwind gets its backtrace() and _Unwind_Backtrace for the whole process, exceptions
 * included. So it is loaded at run time, where its names stay its own, and never unloaded.
 */
#include <dlfcn.h>
#include <string.h>

#include "base/atomic.h"
#include "stack/unwind.h"

#define INNER_FRAMES 16u /* ours, before the first one that is wanted */
#define MOST         (64u + INNER_FRAMES)

typedef int backtrace_fn(void **frames, int most);

static backtrace_fn *quick; /* stored with release, read with acquire */
static bool left;           /* in a fork's child */

/*
 * Its first use allocates: here, then. Not beside ThreadSanitizer: it locks a mutex as a thread
 * ends, whose record is gone by then.
 */
void tmi_unwind_quick_prepare(void)
{
    void *frames[MOST];
    void *library = TMI_TSAN || left ? NULL : dlopen(TMI_LIBUNWIND_SONAME, RTLD_NOW | RTLD_LOCAL);
    void *address = library != NULL ? dlsym(library, "unw_backtrace") : NULL;
    backtrace_fn *found;

    if (address == NULL)
        return;
    memcpy(&found, &address, sizeof found);
    (void)found(frames, (int)MOST);
    tmi_store_release(&quick, found);
}

/* Another thread may have held its mutexes, with all signals blocked, and does so for ever here. */
void tmi_unwind_quick_after_fork(void)
{
    left = true;
    tmi_store(&quick, NULL);
}

size_t tmi_unwind_quick(uintptr_t from, uintptr_t *frames, size_t most)
{
    backtrace_fn *backtrace = tmi_load_acquire(&quick);
    void *found[MOST];
    size_t count;
    size_t first = 0;

    if (backtrace == NULL || most > MOST - INNER_FRAMES)
        return 0;
    count = (size_t)backtrace(found, (int)(most + INNER_FRAMES));
    while (first < count && (uintptr_t)found[first] != from)
        ++first;
    if (first == count)
        return 0;
    count = count - first < most ? count - first : most;
    for (size_t i = 0; i < count; ++i)
        frames[i] = (uintptr_t)found[first + i];
    return count;
}
