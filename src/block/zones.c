/*
 * block/zones.c: see zones.h. Reads and writes what it is given, and nothing else.
 */
#include "block/zones.h"

#include <stdint.h>
#include <string.h>

#include "base/compiler.h"

#define EIGHT     TMI_ZONE_BYTES
#define SIXTYFOUR EIGHT, EIGHT, EIGHT, EIGHT, EIGHT, EIGHT, EIGHT, EIGHT
static const unsigned char pattern[] = { SIXTYFOUR, SIXTYFOUR, EIGHT };
#define RUN_BYTES 128u /* that can be had from any phase */

static const unsigned char *pattern_at(const void *address)
{
    return pattern + ((uintptr_t)address & 7);
}

void tmi_zone_write(void *start, size_t size)
{
    char *next = start;

    for (; TMI_UNLIKELY(size > RUN_BYTES); size -= RUN_BYTES, next += RUN_BYTES)
        memcpy(next, pattern_at(start), RUN_BYTES);
    memcpy(next, pattern_at(start), size);
}

bool tmi_zone_is_intact(const void *start, size_t size)
{
    const char *next = start;

    for (; TMI_UNLIKELY(size > RUN_BYTES); size -= RUN_BYTES, next += RUN_BYTES)
        if (memcmp(next, pattern_at(start), RUN_BYTES) != 0)
            return false;
    return memcmp(next, pattern_at(start), size) == 0;
}

/* The byte at address is not what it should be. */
static void note(const unsigned char *address, const void *block, struct tmi_damage *damage)
{
    ptrdiff_t offset = (ptrdiff_t)((uintptr_t)address - (uintptr_t)block);

    if (damage->changed_bytes == 0)
        damage->first = offset;
    damage->last = offset;
    ++damage->changed_bytes;
}

/* The bytes from the first changed one on, as many as belong to the changed range. */
static void copy_found(const void *block, struct tmi_damage *damage)
{
    size_t range = damage->changed_bytes == 0 ? 0 : (size_t)(damage->last - damage->first) + 1;

    damage->found_bytes = range < sizeof damage->found ? range : sizeof damage->found;
    memcpy(damage->found, (const char *)block + damage->first, damage->found_bytes);
}

void tmi_zone_examine(const void *start, size_t size, const void *block, struct tmi_damage *damage)
{
    const unsigned char *bytes = start;

    for (size_t i = 0; i < size; ++i)
        if (bytes[i] != *pattern_at(bytes + i))
            note(bytes + i, block, damage);
    copy_found(block, damage);
}

/* How many bytes at the start are filled; *tail is how many at the end. */
static size_t filled_head(size_t size, enum tmi_fill fill, size_t *tail)
{
    *tail = 0;
    if (fill == TMI_FILL_OFF)
        return 0;
    if (fill == TMI_FILL_FULL || size <= 2 * (size_t)TMI_FILL_EDGE_BYTES)
        return size;
    *tail = TMI_FILL_EDGE_BYTES;
    return TMI_FILL_EDGE_BYTES;
}

void tmi_fill_write(void *block, size_t size, enum tmi_fill fill, unsigned char byte)
{
    size_t tail;
    size_t head = filled_head(size, fill, &tail);

    memset(block, byte, head);
    if (tail != 0)
        memset((char *)block + size - tail, byte, tail);
}

/* The first is the byte, and each is equal to the one before. */
static bool all_are(const void *bytes, size_t size, unsigned char byte)
{
    const unsigned char *first = bytes;

    return size == 0 || (*first == byte && memcmp(first, first + 1, size - 1) == 0);
}

bool tmi_fill_is_intact(const void *block, size_t size, enum tmi_fill fill, unsigned char byte)
{
    size_t tail;
    size_t head = filled_head(size, fill, &tail);

    return all_are(block, head, byte) && all_are((const char *)block + size - tail, tail, byte);
}

void tmi_fill_examine(const void *block, size_t size, enum tmi_fill fill, unsigned char byte,
                      struct tmi_damage *damage)
{
    const unsigned char *bytes = block;
    size_t tail;
    size_t head = filled_head(size, fill, &tail);

    for (size_t i = 0; i < size; i = i + 1 == head && tail != 0 ? size - tail : i + 1)
        if ((i < head || i >= size - tail) && bytes[i] != byte)
            note(bytes + i, block, damage);
    copy_found(block, damage);
}
