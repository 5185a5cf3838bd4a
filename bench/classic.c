/*
 * classic.c: a model, written for comparison, of the classic debugging allocator, as Mesa's
 * u_debug_memory.c is one: every block is a member of one list behind one mutex.
 *
 *   | header, 64 bytes                                     | size bytes | footer |
 *   | next prev | serial | file | function | size | line   |            | magic  |
 *   |                                 magic | tag          |            |        |
 *
 * lock guards: last, serial, the links of all blocks. Nothing else is locked while it is held.
 */
#include "classic.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CLASSIC_MAGIC 0x6e34090aU

struct link {
    struct link *next;
    struct link *prev;
};

struct header {
    struct link link;
    uint64_t serial;
    const char *file;
    const char *function;
    size_t size;
    uint32_t line;
    uint32_t magic;
    uint32_t tag;
    uint32_t pad;
};

_Static_assert(sizeof(struct header) == 64, "the classic header takes a cache line");

static struct {
    pthread_mutex_t lock;
    struct link blocks; /* newest last */
    uint64_t serial;
} classic = {
    .lock = PTHREAD_MUTEX_INITIALIZER,
    .blocks = { &classic.blocks, &classic.blocks },
};

static struct header *header_of(void *ptr)
{
    return (struct header *)ptr - 1;
}

/* The footer stands right behind the block, at any alignment. */
static void set_footer(struct header *header, uint32_t magic)
{
    memcpy((char *)(header + 1) + header->size, &magic, sizeof(magic));
}

static uint32_t get_footer(const struct header *header)
{
    uint32_t magic;
    memcpy(&magic, (const char *)(header + 1) + header->size, sizeof(magic));
    return magic;
}

void *classic_malloc(const char *file, uint32_t line, const char *function, size_t size)
{
    struct header *header;

    if (size > SIZE_MAX - sizeof(*header) - sizeof(uint32_t)) {
        return NULL;
    }
    header = malloc(sizeof(*header) + size + sizeof(uint32_t));
    if (!header) {
        fprintf(stderr, "%s:%u:%s: out of memory, %zu bytes\n", file, line, function, size);
        return NULL;
    }
    header->file = file;
    header->line = line;
    header->function = function;
    header->size = size;
    header->magic = CLASSIC_MAGIC;
    header->tag = 0;
    set_footer(header, CLASSIC_MAGIC);

    pthread_mutex_lock(&classic.lock);
    header->serial = classic.serial++;
    header->link.next = &classic.blocks;
    header->link.prev = classic.blocks.prev;
    classic.blocks.prev->next = &header->link;
    classic.blocks.prev = &header->link;
    pthread_mutex_unlock(&classic.lock);
    return header + 1;
}

void *classic_calloc(const char *file, uint32_t line, const char *function, size_t count,
                     size_t size)
{
    void *ptr;

    if (size && count > SIZE_MAX / size) {
        return NULL;
    }
    ptr = classic_malloc(file, line, function, count * size);
    if (ptr) {
        memset(ptr, 0, count * size);
    }
    return ptr;
}

void classic_free(const char *file, uint32_t line, const char *function, void *ptr)
{
    struct header *header;

    if (!ptr) {
        return;
    }
    header = header_of(ptr);
    if (header->magic != CLASSIC_MAGIC) {
        fprintf(stderr, "%s:%u:%s: freeing bad or corrupted memory %p\n", file, line, function,
                ptr);
        return;
    }
    if (get_footer(header) != CLASSIC_MAGIC) {
        fprintf(stderr, "%s:%u:%s: buffer overflow %p\n", file, line, function, ptr);
    }
    pthread_mutex_lock(&classic.lock);
    header->link.prev->next = header->link.next;
    header->link.next->prev = header->link.prev;
    pthread_mutex_unlock(&classic.lock);
    header->magic = 0;
    set_footer(header, 0);
    free(header);
}

/* A new block and a copy, as the original has it: the serial number is the new one's. */
void *classic_realloc(const char *file, uint32_t line, const char *function, void *ptr, size_t size)
{
    size_t old_size;
    void *fresh;

    if (!ptr) {
        return classic_malloc(file, line, function, size);
    }
    if (!size) {
        classic_free(file, line, function, ptr);
        return NULL;
    }
    fresh = classic_malloc(file, line, function, size);
    if (!fresh) {
        return NULL;
    }
    old_size = header_of(ptr)->size;
    memcpy(fresh, ptr, old_size < size ? old_size : size);
    classic_free(file, line, function, ptr);
    return fresh;
}
