/*
 * report/repeats.c: how often a misuse was reported, so that a bug in a loop does not fill a log:
 * see words.h. The caller holds the lock "report".
 *
 * Two are alike that have the same kind, and the same call, allocation and free before. What is
 * kept of each is a hash of 64 bits; when the table is full, what is new in it is always told.
 */
#include "report/words.h"

#define ROOM 512u

static struct {
    uint64_t alike; /* 0: unused */
    uint64_t count;
} told[ROOM];

static void mix(uint64_t *hash, const void *bytes, size_t size)
{
    const unsigned char *byte = bytes;
    for (size_t i = 0; i < size; i++)
        *hash = (*hash ^ byte[i]) * UINT64_C(0x100000001b3); /* FNV-1a */
}

static void mix_place(uint64_t *hash, const struct trackmem_place *place)
{
    size_t length = 0;
    while (place->file && place->file[length] != '\0')
        length++;
    mix(hash, place->file, length);
    mix(hash, &place->line, sizeof place->line);
    mix(hash, &place->address, sizeof place->address);
}

uint64_t tmi_repeats_count(const struct trackmem_misuse *misuse)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    mix(&hash, &misuse->kind, sizeof misuse->kind);
    mix_place(&hash, &misuse->here);
    mix_place(&hash, &misuse->allocated);
    mix_place(&hash, &misuse->freed);
    hash |= 1;
    for (size_t i = 0; i < ROOM; i++) {
        size_t at = ((size_t)(hash >> 32) + i) % ROOM;
        if (told[at].alike == 0)
            told[at].alike = hash;
        if (told[at].alike == hash)
            return ++told[at].count;
    }
    return 1;
}
