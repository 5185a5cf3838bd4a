/*
 * platform/memory_linux.c: memory of Linux, by /proc/self/maps, its page map and
 * process_vm_readv; the contract is memory.h.
 *
 * The kernel copies no memory of a device, whose reading may act, and none behind a guard, and says
 * so instead of a fault. Pages that were never touched are not made by looking at them.
 */
#define _GNU_SOURCE
#include "platform/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "platform/maps_linux.h"
#include "platform/pages.h"
#include "platform/platform.h"

#define PAGE_IS_USED ((uint64_t)3 << 62) /* present, or in the swap */

/* Since 6.7; missing from the C library's headers of today. */
#define SCAN_IS_USED ((uint64_t)3 << 3)

struct scan {
    uint64_t size;
    uint64_t flags;
    uint64_t start;
    uint64_t end;
    uint64_t walked_to;
    uint64_t found;
    uint64_t most_found;
    uint64_t most_pages;
    uint64_t inverted;
    uint64_t all_of;
    uint64_t any_of;
    uint64_t told;
};

struct found {
    uint64_t start;
    uint64_t end;
    uint64_t what;
};

#define SCAN _IOWR('f', 16, struct scan)

/*
 * The first used pages of some: 1, or 0 if there are none, or -1 if the kernel cannot say. What is
 * only reserved, terabytes of a sanitizer's shadow, it passes over at once.
 */
static int scan(const struct tmi_memory *memory, uintptr_t start, uintptr_t end,
                struct found *found)
{
    struct scan scan = { .size = sizeof scan,
                         .start = start,
                         .end = end,
                         .found = (uintptr_t)found,
                         .most_found = 1,
                         .any_of = SCAN_IS_USED };

    /* By number: musl's ioctl takes an int, glibc's an unsigned long. */
    return (int)syscall(SYS_ioctl, memory->pagemap, SCAN, &scan);
}

static bool is_used(struct tmi_memory *memory, uintptr_t page, uintptr_t last)
{
    const size_t most = sizeof memory->pages / sizeof memory->pages[0];

    if (memory->pagemap < 0)
        return true;
    if (page - memory->known_page >= memory->known_count) {
        size_t wanted = last - page < most ? last - page : most;
        ssize_t got = pread(memory->pagemap, memory->pages, wanted * sizeof memory->pages[0],
                            (off_t)(page * sizeof memory->pages[0]));

        memory->known_page = page;
        memory->known_count = got > 0 ? (size_t)got / sizeof memory->pages[0] : 0;
        if (memory->known_count == 0)
            return true;
    }
    return (memory->pages[page - memory->known_page] & PAGE_IS_USED) != 0;
}

void tmi_memory_close(struct tmi_memory *memory)
{
    if (memory->pagemap >= 0)
        (void)close(memory->pagemap);
    memory->pagemap = -1;
}

/*
 * Whether the page map is that of this process. An emulator's may be a page off (guest_base of
 * qemu), so what is asked is a used page between two that are not.
 */
static bool speaks_of_us(struct tmi_memory *memory)
{
    size_t bytes = memory->page_bytes;
    char *pages = mmap(NULL, 3 * bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    uintptr_t first = (uintptr_t)pages / bytes;
    bool so = pages != MAP_FAILED && mprotect(pages + bytes, bytes, PROT_READ | PROT_WRITE) == 0;

    if (so) {
        *(volatile char *)(pages + bytes) = 1;
        so = !is_used(memory, first, first + 3) && is_used(memory, first + 1, first + 3) &&
             !is_used(memory, first + 2, first + 3);
    }
    if (pages != MAP_FAILED)
        (void)munmap(pages, 3 * bytes);
    memory->known_count = 0;
    return so;
}

void tmi_memory_open(struct tmi_memory *memory)
{
    int saved_errno = errno;
    uintptr_t probe = (uintptr_t)&saved_errno;
    uintptr_t copy = 0;
    struct iovec to = { &copy, sizeof copy };
    struct iovec from = { &probe, sizeof probe };
    struct found found;

    memory->by_copying = process_vm_readv(getpid(), &to, 1, &from, 1, 0) == sizeof copy &&
                         copy == probe;
    memory->page_bytes = tmi_pages_size();
    memory->known_count = 0;
    memory->pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
    if ((__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ && !memory->by_copying) || !speaks_of_us(memory))
        tmi_memory_close(memory); /* it speaks of the emulator, or in its byte order */
    probe -= probe % memory->page_bytes;
    memory->by_scanning = scan(memory, probe, probe + memory->page_bytes, &found) == 1 &&
                          found.start == probe;
    errno = saved_errno;
}

/* Without copies only what is surely no device is read. "[v": pages of the kernel's. */
static bool is_wanted(const struct tmi_memory *memory, const struct tmi_map *map)
{
    return map->rights[0] == 'r' && (map->rights[1] == 'w' || !map->of_file) &&
           strncmp(map->path, "[v", 2) != 0 && (memory->by_copying || map->rights[3] == 'p');
}

struct visit {
    struct tmi_memory *memory;
    void (*fn)(const struct tmi_mapping *mapping, void *user);
    void *user;
    uintptr_t guard_end; /* where the last mapping without any right ended */
};

static bool visit_map(const struct tmi_map *map, void *user)
{
    struct visit *visit = user;
    struct tmi_mapping mapping = { .start = map->start,
                                   .end = map->end,
                                   .is_main_stack = strcmp(map->path, "[stack]") == 0,
                                   .above_guard = visit->guard_end == map->start };

    if (map->rights[0] == '-')
        visit->guard_end = map->end;
    if (is_wanted(visit->memory, map))
        visit->fn(&mapping, visit->user);
    return true;
}

bool tmi_memory_visit(struct tmi_memory *memory,
                      void (*fn)(const struct tmi_mapping *mapping, void *user), void *user)
{
    int saved_errno = errno;
    struct visit visit = { memory, fn, user, 0 };
    bool is_whole;

    memory->known_count = 0;
    is_whole = tmi_maps_visit(visit_map, &visit);
    errno = saved_errno;
    return is_whole;
}

static bool next_looked_up(struct tmi_memory *memory, uintptr_t *start, uintptr_t *stop,
                           uintptr_t end)
{
    int saved_errno = errno;
    uintptr_t page = *start / memory->page_bytes;
    uintptr_t last = (end + memory->page_bytes - 1) / memory->page_bytes;

    while (page < last && !is_used(memory, page, last))
        ++page;
    if (page * memory->page_bytes > *start)
        *start = page * memory->page_bytes;
    while (page < last && is_used(memory, page, last))
        ++page;
    *stop = page * memory->page_bytes < end ? page * memory->page_bytes : end;
    errno = saved_errno;
    return *start < *stop;
}

bool tmi_memory_next_used(struct tmi_memory *memory, uintptr_t *start, uintptr_t *stop,
                          uintptr_t end)
{
    int saved_errno = errno;
    uintptr_t bytes = memory->page_bytes;
    struct found found;
    int count = memory->by_scanning && *start < end
                    ? scan(memory, *start / bytes * bytes, (end + bytes - 1) / bytes * bytes,
                           &found)
                    : -1;

    if (count > 0) {
        *start = found.start > *start ? (uintptr_t)found.start : *start;
        *stop = found.end < end ? (uintptr_t)found.end : end;
    }
    errno = saved_errno;
    return count < 0 ? next_looked_up(memory, start, stop, end) : count > 0;
}

size_t tmi_memory_copy(struct tmi_memory *memory, void *to, uintptr_t from, size_t size)
{
    int saved_errno = errno;
    size_t done = 0;

    if (memory->by_copying) {
        struct iovec into = { to, size };
        struct iovec part = { (void *)from, size };
        ssize_t got = process_vm_readv(getpid(), &into, 1, &part, 1, 0);

        done = got > 0 ? (size_t)got : 0;
    }
    while (!memory->by_copying && done < size) {
        uintptr_t at = from + done;
        size_t part = memory->page_bytes - at % memory->page_bytes;

        part = part < size - done ? part : size - done;
        if (!tmi_platform_readable((const void *)at, 1))
            break;
        memcpy((char *)to + done, (const void *)at, part);
        done += part;
    }
    errno = saved_errno;
    return done;
}
