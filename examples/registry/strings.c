/*
 * strings.c: a table of names. Its blocks live as long as the loader, many and small.
 */
#define TRACKMEM_DOMAIN strings_domain
#include "strings.h"

#include <stdbool.h>
#include <string.h>

#include "memory.h"

#define FIRST_SLOTS 1024u

static uint32_t hash_of(const char *text, size_t length)
{
    uint32_t hash = 2166136261u; /* FNV-1a */
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)text[i]) * 16777619u;
    return hash;
}

/* The slot where a text stands, or the free one where it belongs. */
static uint32_t *slot_of(const struct strings *strings, const char *text, size_t length)
{
    uint32_t at = hash_of(text, length) & (strings->slot_count - 1);
    while (strings->slots[at] != 0) {
        const char *there = strings->texts[strings->slots[at] - 1];
        if (strncmp(there, text, length) == 0 && there[length] == '\0')
            break;
        at = (at + 1) & (strings->slot_count - 1);
    }
    return &strings->slots[at];
}

static bool grow_texts(struct strings *strings)
{
    uint32_t capacity = strings->capacity > 0 ? 2 * strings->capacity : FIRST_SLOTS / 2;
    char **texts = memory_realloc(strings->texts, capacity, sizeof *texts);
    if (!texts)
        return false;
    strings->texts = texts;
    strings->capacity = capacity;
    return true;
}

static bool grow_slots(struct strings *strings)
{
    uint32_t slot_count = strings->slot_count > 0 ? 2 * strings->slot_count : FIRST_SLOTS;
    uint32_t *slots = memory_realloc(NULL, slot_count, sizeof *slots);
    if (!slots)
        return false;
    memory_free(strings->slots);
    memset(slots, 0, slot_count * sizeof *slots);
    strings->slots = slots;
    strings->slot_count = slot_count;
    for (uint32_t i = 0; i < strings->count; i++)
        *slot_of(strings, strings->texts[i], strlen(strings->texts[i])) = i + 1;
    return true;
}

uint32_t strings_intern(struct strings *strings, const char *text, size_t length)
{
    if (strings->count == strings->capacity && !grow_texts(strings))
        return 0;
    if (strings->count >= strings->slot_count / 2 && !grow_slots(strings)) /* half stay free */
        return 0;
    uint32_t *slot = slot_of(strings, text, length);
    if (*slot == 0) {
        char *copy = memory_strndup(text, length);
        if (!copy)
            return 0;
        strings->texts[strings->count] = copy;
        *slot = ++strings->count;
    }
    return *slot;
}

const char *strings_text(const struct strings *strings, uint32_t number)
{
    return strings->texts[number - 1];
}

void strings_finish(struct strings *strings)
{
    for (uint32_t i = 0; i < strings->count; i++)
        memory_free(strings->texts[i]);
    memory_free(strings->texts);
    memory_free(strings->slots);
    *strings = (struct strings){ .texts = NULL };
}
