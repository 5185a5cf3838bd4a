/*
 * words.c: a cache of words, as an indexer has it: a hash table of strings, each with a list of
 * places that grows; when it is full, the word that came longest ago goes.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include BENCH_VERBS
#include "program.h"
#include "random.h"

struct word {
    char *text;
    uint32_t *places;
    uint32_t count;
    uint32_t capacity;
    uint32_t hash;
    struct word *chain;
    struct word *older, *newer;
};

struct cache {
    struct word **slots;
    uint32_t slot_count; /* a power of two */
    uint32_t words;
    struct word *oldest, *newest;
};

static uint32_t hash_of(const char *text)
{
    uint32_t hash = 2166136261u;
    for (; *text != '\0'; text++)
        hash = (hash ^ (unsigned char)*text) * 16777619u;
    return hash;
}

static char *copy_of(const char *text)
{
    size_t bytes = strlen(text) + 1;
    char *copy = BENCH_MALLOC(bytes);
    return copy ? memcpy(copy, text, bytes) : NULL;
}

static void unlink_word(struct cache *cache, struct word *word)
{
    *(word->older ? &word->older->newer : &cache->oldest) = word->newer;
    *(word->newer ? &word->newer->older : &cache->newest) = word->older;
}

static void link_newest(struct cache *cache, struct word *word)
{
    word->older = cache->newest;
    word->newer = NULL;
    *(cache->newest ? &cache->newest->newer : &cache->oldest) = word;
    cache->newest = word;
}

static void drop_oldest(struct cache *cache)
{
    struct word *word = cache->oldest;
    struct word **at = &cache->slots[word->hash & (cache->slot_count - 1)];
    while (*at && *at != word)
        at = &(*at)->chain;
    if (*at)
        *at = word->chain;
    unlink_word(cache, word);
    cache->words--;
    BENCH_FREE(word->places);
    BENCH_FREE(word->text);
    BENCH_FREE(word);
}

/* The word, new or not, as the newest; NULL: no memory. */
static struct word *look_up(struct cache *cache, const char *text)
{
    uint32_t hash = hash_of(text);
    struct word **slot = &cache->slots[hash & (cache->slot_count - 1)];
    struct word *word = *slot;
    while (word && (word->hash != hash || strcmp(word->text, text) != 0))
        word = word->chain;
    if (word) {
        unlink_word(cache, word);
        link_newest(cache, word);
        return word;
    }
    word = BENCH_MALLOC(sizeof *word);
    if (!word)
        return NULL;
    *word = (struct word){ .text = copy_of(text), .hash = hash };
    word->chain = *slot;
    *slot = word;
    link_newest(cache, word);
    cache->words++;
    return word->text ? word : NULL;
}

static bool note_place(struct word *word, uint32_t place)
{
    if (word->count == word->capacity) {
        uint32_t capacity = word->capacity > 0 ? word->capacity * 2 : 4;
        uint32_t *places = BENCH_REALLOC(word->places, capacity * sizeof *places);
        if (!places)
            return false;
        word->places = places;
        word->capacity = capacity;
    }
    word->places[word->count++] = place;
    return true;
}

static bool run(const struct program_size *size)
{
    struct cache cache = { .slot_count = 1 };
    uint64_t state = bench_random_start(11, 0);
    bool good = true;
    while (cache.slot_count < size->objects)
        cache.slot_count *= 2;
    cache.slots = BENCH_CALLOC(cache.slot_count, sizeof *cache.slots);
    if (!cache.slots)
        return false;
    for (uint32_t i = 0; good && i < size->objects * size->rounds; i++) {
        /* Few words are frequent, many are rare. */
        uint32_t range = size->objects * 4 >> bench_random_below(&state, 8);
        uint32_t number = bench_random_below(&state, range + 1);
        char text[64];
        snprintf(text, sizeof text, "%.*s%x", (int)(number % 29), "international organisations is",
                 number);
        struct word *word = look_up(&cache, text);
        good = word && note_place(word, i);
        if (cache.words > size->objects)
            drop_oldest(&cache);
    }
    while (cache.oldest)
        drop_oldest(&cache);
    BENCH_FREE(cache.slots);
    return good;
}

const struct program program_words = {
    "words",
    "a hash table of strings and growing lists; the least used go",
    run,
    { 20000, 15 },
    { 3000, 8 }
};
