/*
 * platform/memory_none.c: systems whose mappings nobody lists; memory.h.
 */
#include "platform/memory.h"

void tmi_memory_open(struct tmi_memory *memory)
{
    *memory = (struct tmi_memory){ .pagemap = -1, .page_bytes = 4096 };
}

void tmi_memory_close(struct tmi_memory *memory)
{
    (void)memory;
}

bool tmi_memory_visit(struct tmi_memory *memory,
                      void (*fn)(const struct tmi_mapping *mapping, void *user), void *user)
{
    (void)memory;
    (void)fn;
    (void)user;
    return false;
}

bool tmi_memory_next_used(struct tmi_memory *memory, uintptr_t *start, uintptr_t *stop,
                          uintptr_t end)
{
    (void)memory;
    (void)start;
    (void)stop;
    (void)end;
    return false;
}

size_t tmi_memory_copy(struct tmi_memory *memory, void *to, uintptr_t from, size_t size)
{
    (void)memory;
    (void)to;
    (void)from;
    (void)size;
    return 0;
}
