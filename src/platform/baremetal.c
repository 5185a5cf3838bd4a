/*
 * platform/baremetal.c: no system beneath, one thread, newlib. The contract is platform.h.
 *
 * Nothing here is safe in interrupt handlers. The linker script may say where memory is, by any of
 *
 *     trackmem_rom_start, trackmem_rom_end    code and constants
 *     trackmem_ram_start, trackmem_ram_end    data, heap and stack
 *
 * since a read outside faults: what reports say of a pointer rests on it. Without these only the
 * heap is known, from `end` to where sbrk stands. Reports leave by write(), as printf's text does.
 */
#define _DEFAULT_SOURCE
#include "platform/platform.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/config.h"
#include "platform/self.h"

#define WEAK __attribute__((__weak__))

extern const char trackmem_rom_start[] WEAK, trackmem_rom_end[] WEAK;
extern const char trackmem_ram_start[] WEAK, trackmem_ram_end[] WEAK;
extern const char end[] WEAK; /* where newlib's heap begins */

struct tmi_thread *tmi_self_pointer;

/* What trackmem keeps for itself: names, sites, counters, snapshots; none of the program's. */
#define HOLES 8u

static struct {
    _Alignas(64) char bytes[TRACKMEM_POOL_BYTES];
    size_t used;
    struct hole {
        size_t start;
        size_t size; /* 0: none */
    } holes[HOLES];  /* what was given back while something above it was in use */
} pool;

static size_t rounded(size_t size)
{
    return (size + 63) & ~(size_t)63;
}

void *tmi_platform_map(size_t size)
{
    char *start = pool.bytes + pool.used;

    if (rounded(size) < size || rounded(size) > sizeof pool.bytes - pool.used)
        return NULL;
    pool.used += rounded(size);
    return memset(start, 0, size);
}

/* The uppermost hole, if nothing stands above it any more. */
static struct hole *open_hole(void)
{
    for (struct hole *hole = pool.holes; hole < pool.holes + HOLES; ++hole)
        if (hole->size != 0 && hole->start + hole->size == pool.used)
            return hole;
    return NULL;
}

static void note_hole(size_t start, size_t size)
{
    for (struct hole *hole = pool.holes; hole < pool.holes + HOLES; ++hole) {
        if (hole->size == 0) {
            *hole = (struct hole){ start, size };
            return;
        }
    }
}

/* What is above comes back first, which is what snapshots and lists of leaks need. */
void tmi_platform_unmap(void *pages, size_t size)
{
    note_hole((size_t)((char *)pages - pool.bytes), rounded(size));
    for (struct hole *hole = open_hole(); hole != NULL; hole = open_hole()) {
        pool.used = hole->start;
        hole->size = 0;
    }
}

static bool lies_in(const void *address, const char *start, const char *stop)
{
    return (uintptr_t)address >= (uintptr_t)start && (uintptr_t)address < (uintptr_t)stop;
}

static bool in_heap(const void *address)
{
    return end != NULL && lies_in(address, end, sbrk(0));
}

bool tmi_platform_readable(const void *address, size_t size)
{
    const char *last = (const char *)((uintptr_t)address + (size != 0 ? size - 1 : 0));

    return (lies_in(address, trackmem_rom_start, trackmem_rom_end) &&
            lies_in(last, trackmem_rom_start, trackmem_rom_end)) ||
           (lies_in(address, trackmem_ram_start, trackmem_ram_end) &&
            lies_in(last, trackmem_ram_start, trackmem_ram_end)) ||
           (in_heap(address) && in_heap(last));
}

void tmi_platform_describe_address(const void *address, char *text, size_t size)
{
    const char *what = "memory of which nothing is known";

    if (in_heap(address))
        what = "the C library's heap";
    else if (lies_in(address, trackmem_rom_start, trackmem_rom_end))
        what = "read-only memory";
    else if (end != NULL && lies_in(address, trackmem_ram_start, end))
        what = "static data";
    else if (lies_in(address, trackmem_ram_start, trackmem_ram_end))
        what = "the stack, or memory beyond the heap";
    text[0] = '\0';
    strncat(text, what, size - 1);
}

void tmi_platform_lock(struct tmi_lock *lock)
{
    (void)lock;
}

void tmi_platform_unlock(struct tmi_lock *lock)
{
    (void)lock;
}

bool tmi_platform_write(int fd, const void *bytes, size_t size)
{
    const char *next = bytes;

    while (size > 0) {
        ssize_t written = write(fd, next, size);

        if (written <= 0)
            return false;
        next += written;
        size -= (size_t)written;
    }
    return true;
}

/* Nothing here differs from run to run. */
uintptr_t tmi_platform_random(void)
{
    return (uintptr_t)0x6d61726bu;
}

_Noreturn void tmi_platform_abort(void)
{
    abort();
}
