/*
 * freertos_stand_in.c: a heap with FreeRTOS's signatures, for those who have none: a first fit over
 * a static buffer, as heap_4 in its idea. It counts what it holds, to be compared.
 */
#include "freertos_stand_in.h"

#include <stdint.h>

struct chunk {
    _Alignas(16) size_t size; /* with this header */
    size_t used;
};

static _Alignas(16) unsigned char heap[16384];
static size_t used_bytes;

static struct chunk *first(void)
{
    struct chunk *chunk = (struct chunk *)(void *)heap;

    if (chunk->size == 0)
        chunk->size = sizeof heap;
    return chunk;
}

static struct chunk *after(const struct chunk *chunk)
{
    unsigned char *next = (unsigned char *)(uintptr_t)chunk + chunk->size;

    return next < heap + sizeof heap ? (struct chunk *)(void *)next : NULL;
}

void *pvPortMalloc(size_t size)
{
    size_t wanted = (size + sizeof(struct chunk) + 15) & ~(size_t)15;

    for (struct chunk *chunk = first(); chunk != NULL; chunk = after(chunk)) {
        for (struct chunk *next = after(chunk); !chunk->used && next != NULL && !next->used;
             next = after(chunk))
            chunk->size += next->size;
        if (chunk->used || chunk->size < wanted || size > sizeof heap)
            continue;
        if (chunk->size > wanted) {
            struct chunk *rest = (struct chunk *)(void *)((unsigned char *)chunk + wanted);

            *rest = (struct chunk){ chunk->size - wanted, 0 };
            chunk->size = wanted;
        }
        chunk->used = 1;
        used_bytes += chunk->size;
        return chunk + 1;
    }
    return NULL;
}

void vPortFree(void *span)
{
    struct chunk *chunk = (struct chunk *)span - 1;

    chunk->used = 0;
    used_bytes -= chunk->size;
}

size_t freertos_stand_in_used(void)
{
    return used_bytes;
}
