/*
 * platform/pages_linux.c: pages of Linux. The contract is pages.h.
 *
 * Since 6.13 the kernel marks single pages of a mapping as guards (MADV_GUARD_INSTALL), which takes
 * no mapping of its own. Before that, each run of pages with other rights than its neighbours is
 * one, and a process may have vm.max_map_count of them: a quarter of those that were free when the
 * first page was opened is left to the program.
 */
#define _GNU_SOURCE
#include "platform/pages.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/atomic.h"
#include "platform/platform.h"

/* Missing from the C library's headers of today. */
#define GUARD_INSTALL  102
#define GUARD_REMOVE   103
#define POPULATE_WRITE 23

#define MAPPINGS_PER_OPEN 2 /* the pages, and what is behind them */

enum { UNKNOWN, BY_MARK, BY_RIGHTS };

static struct {
    uint32_t guards;     /* atomic: how pages are closed; never back to BY_MARK */
    uint32_t was_marked; /* atomic: some pages may carry marks still */
    intptr_t mappings;   /* atomic: how many more may be taken */
} pages_state;

size_t tmi_pages_size(void)
{
    static size_t size; /* atomic: the same whoever asks first */
    size_t known = tmi_load(&size);

    if (known == 0) {
        known = (size_t)sysconf(_SC_PAGESIZE);
        tmi_store(&size, known);
    }
    return known;
}

static uint64_t read_number(const char *path, uint64_t otherwise)
{
    char text[32];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd >= 0 ? read(fd, text, sizeof text) : 0;
    uint64_t number = 0;

    if (fd >= 0)
        (void)close(fd);
    for (ssize_t i = 0; i < got && text[i] >= '0' && text[i] <= '9'; ++i)
        number = number * 10 + (uint64_t)(text[i] - '0');
    return got > 0 ? number : otherwise;
}

static uint64_t count_mappings(void)
{
    char part[4096];
    int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
    uint64_t lines = 0;
    ssize_t got;

    while (fd >= 0 && (got = read(fd, part, sizeof part)) > 0)
        for (ssize_t i = 0; i < got; ++i)
            lines += part[i] == '\n';
    if (fd >= 0)
        (void)close(fd);
    return lines;
}

static void close_by_rights_from_now_on(void)
{
    uint64_t most = read_number("/proc/sys/vm/max_map_count", 65530);
    uint64_t used = count_mappings();

    tmi_store(&pages_state.mappings, most > used ? (intptr_t)((most - used) / 4 * 3) : 0);
    tmi_store_release(&pages_state.guards, BY_RIGHTS);
}

static bool mark(void *pages, size_t size)
{
    return madvise(pages, size, GUARD_INSTALL) == 0;
}

/* An emulator may say yes to advice that it does not know: so the page is looked at. */
static void probe(void *pages)
{
    size_t size = tmi_pages_size();
    bool marks = mprotect(pages, size, PROT_READ) == 0 && mark(pages, size) &&
                 !tmi_platform_readable(pages, 1);

    (void)madvise(pages, size, GUARD_REMOVE);
    (void)mprotect(pages, size, PROT_NONE);
    if (marks) {
        tmi_store(&pages_state.was_marked, 1);
        tmi_store_release(&pages_state.guards, BY_MARK);
    } else {
        close_by_rights_from_now_on();
    }
}

static void *map_inaccessible(size_t size)
{
    void *pages = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    return pages != MAP_FAILED ? pages : NULL;
}

void *tmi_pages_reserve(size_t size)
{
    int saved_errno = errno;
    void *pages = map_inaccessible(size);

    if (pages != NULL && tmi_load_acquire(&pages_state.guards) == UNKNOWN)
        probe(pages);
    if (pages != NULL)
        (void)madvise(pages, size, MADV_DONTDUMP);
    errno = saved_errno;
    return pages;
}

void tmi_pages_release(void *pages, size_t size)
{
    munmap(pages, size);
}

bool tmi_pages_guards_are_free(void)
{
    return tmi_load_acquire(&pages_state.guards) == BY_MARK;
}

bool tmi_pages_prepare(void *pages, size_t size)
{
    int saved_errno = errno;

    if (tmi_pages_guards_are_free() &&
        (!mark(pages, size) || mprotect(pages, size, PROT_READ | PROT_WRITE) != 0)) {
        (void)mprotect(pages, size, PROT_NONE);
        close_by_rights_from_now_on();
    }
    (void)madvise(pages, size, MADV_DODUMP);
    errno = saved_errno;
    return true;
}

static bool take_mappings(void)
{
    if (tmi_add(&pages_state.mappings, -MAPPINGS_PER_OPEN) >= MAPPINGS_PER_OPEN)
        return true;
    (void)tmi_add(&pages_state.mappings, MAPPINGS_PER_OPEN);
    return false;
}

bool tmi_pages_open(void *pages, size_t size)
{
    int saved_errno = errno;
    bool opened = tmi_load(&pages_state.was_marked) == 0 || madvise(pages, size, GUARD_REMOVE) == 0;

    if (!tmi_pages_guards_are_free()) {
        opened = opened && take_mappings();
        if (opened && mprotect(pages, size, PROT_READ | PROT_WRITE) != 0) {
            opened = false;
            (void)tmi_add(&pages_state.mappings, MAPPINGS_PER_OPEN);
        }
    }
    errno = saved_errno;
    return opened;
}

/* Locked memory (mlockall) takes no marks, and no advice to forget. */
bool tmi_pages_close(void *pages, size_t size)
{
    int saved_errno = errno;
    bool closed = tmi_pages_guards_are_free() && mark(pages, size);

    if (!closed) {
        if (tmi_pages_guards_are_free())
            close_by_rights_from_now_on();
        if (madvise(pages, size, MADV_DONTNEED) != 0)
            memset(pages, 0, size);
        closed = mprotect(pages, size, PROT_NONE) == 0;
        (void)tmi_add(&pages_state.mappings, MAPPINGS_PER_OPEN);
    }
    errno = saved_errno;
    return closed;
}

/* gdb's cores hold pages that nobody may read, too: so what is merely reserved is kept out. */
void *tmi_pages_reserve_table(size_t size)
{
    int saved_errno = errno;
    void *pages = map_inaccessible(size);

    if (pages != NULL)
        (void)madvise(pages, size, MADV_DONTDUMP);
    errno = saved_errno;
    return pages;
}

bool tmi_pages_commit(void *pages, size_t size)
{
    int saved_errno = errno;
    bool done = mprotect(pages, size, PROT_READ | PROT_WRITE) == 0;

    (void)madvise(pages, size, MADV_DODUMP);
    errno = saved_errno;
    return done;
}

/* Before 5.14 the kernel does not know the advice. */
void tmi_pages_fetch(void *pages, size_t size)
{
    static bool unknown; /* atomic */
    int saved_errno = errno;

    if (!tmi_load(&unknown) && madvise(pages, size, POPULATE_WRITE) != 0 && errno == EINVAL)
        tmi_store(&unknown, true);
    errno = saved_errno;
}

bool tmi_pages_protect(void *pages, size_t size)
{
    int saved_errno = errno;
    bool done = mprotect(pages, size, PROT_NONE) == 0;

    errno = saved_errno;
    return done;
}

bool tmi_pages_unprotect(void *pages, size_t size)
{
    int saved_errno = errno;
    bool done = mprotect(pages, size, PROT_READ | PROT_WRITE) == 0;

    errno = saved_errno;
    return done;
}

bool tmi_pages_are_mapped(const void *address)
{
    int saved_errno = errno;
    uintptr_t page = (uintptr_t)address & ~(uintptr_t)(tmi_pages_size() - 1);
    unsigned char ignored;
    bool mapped = mincore((void *)page, 1, &ignored) == 0 || errno != ENOMEM;

    errno = saved_errno;
    return mapped;
}
