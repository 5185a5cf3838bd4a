/*
 * platform/memory.h: the memory of this process, as somebody else would read it: which mappings
 * there are, which of their pages hold anything, and copies that do not fault. One file per system.
 *
 * The conditions of platform.h hold; no lock is taken, so that other threads may be held
 * (threads.h). What is asked for may vanish meanwhile: then nothing is copied.
 */
#ifndef TMI_PLATFORM_MEMORY_H
#define TMI_PLATFORM_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tmi_memory {
    int pagemap;      /* -1: not there; then each page counts as used */
    bool by_scanning; /* the kernel looks for used pages; else `pages` are looked through */
    bool by_copying; /* false: a sandbox forbids it, or emulation; then pages are tried, and read */
    size_t page_bytes;
    uintptr_t known_page; /* of `pages`: the number of the first */
    size_t known_count;
    uint64_t pages[512]; /* what the kernel says of them */
};

void tmi_memory_open(struct tmi_memory *memory);
void tmi_memory_close(struct tmi_memory *memory);

struct tmi_mapping {
    uintptr_t start;
    uintptr_t end;
    bool is_main_stack; /* of the thread that began the process */
    bool above_guard;   /* right below it lies memory that nobody may touch */
};

/*
 * Calls fn, by ascending address, for each mapping that may hold what the program wrote: readable,
 * and writable or of no file. Returns false if there is no list of them.
 */
bool tmi_memory_visit(struct tmi_memory *memory,
                      void (*fn)(const struct tmi_mapping *mapping, void *user), void *user);

/* The next pages from *start on, up to end, that hold anything. False: there are none. */
bool tmi_memory_next_used(struct tmi_memory *memory, uintptr_t *start, uintptr_t *stop,
                          uintptr_t end);

/* Copies what can be read of size bytes, up to the first that cannot; returns how many. */
size_t tmi_memory_copy(struct tmi_memory *memory, void *to, uintptr_t from, size_t size);

#endif
