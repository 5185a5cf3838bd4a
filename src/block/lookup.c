/*
 * block/lookup.c: see lookup.h.
 */
#include "block/lookup.h"

#include "account/own.h"

#define PAGE_BYTES  4096u  /* whatever the system's is */
#define LARGE_BYTES 65536u /* a block from here on stands in the list */

/* The blocks that start in a page; `first` is also the one behind that which reaches into it. */
struct tmi_look {
    uintptr_t page; /* its number; 0: empty */
    uint32_t first;
    uint32_t count;
};

/* The entry of a page, or the empty one where it would stand. */
static struct tmi_look *look_of(const struct tmi_lookup *lookup, uintptr_t page)
{
    size_t at = (size_t)((uint64_t)page * 0x9e3779b97f4a7c15u >> 32);

    for (;; ++at) {
        struct tmi_look *look = &lookup->looks[at & lookup->look_mask];

        if (look->page == page || look->page == 0)
            return look;
    }
}

static void note_pages(struct tmi_lookup *lookup, uint32_t number)
{
    const struct tmi_census_block *block = &lookup->census->blocks[number];
    uintptr_t page = block->start / PAGE_BYTES;
    uintptr_t last = (tmi_census_end(block) - 1) / PAGE_BYTES;
    struct tmi_look *look = look_of(lookup, page);

    if (look->page != page || look->first + look->count != number)
        *look = (struct tmi_look){ page, number, 0 };
    ++look->count;
    if (block->size >= LARGE_BYTES) {
        lookup->large[lookup->large_count++] = number;
        return;
    }
    while (page++ < last)
        *look_of(lookup, page) = (struct tmi_look){ page, number + 1, 0 };
}

/* How many pages and large blocks there are, at most. */
static void count_pages(const struct tmi_census *census, size_t *pages, size_t *large)
{
    *pages = *large = 0;
    for (size_t i = 0; i < census->count; ++i) {
        const struct tmi_census_block *block = &census->blocks[i];

        if (block->size >= LARGE_BYTES)
            ++*large;
        if (i == 0 || block->start / PAGE_BYTES != block[-1].start / PAGE_BYTES)
            ++*pages;
        if (block->size < LARGE_BYTES)
            *pages += (tmi_census_end(block) - 1) / PAGE_BYTES - block->start / PAGE_BYTES;
    }
}

bool tmi_lookup_init(struct tmi_lookup *lookup, const struct tmi_census *census)
{
    size_t pages;
    size_t large;
    size_t looks = 64;

    count_pages(census, &pages, &large);
    while (looks < 2 * pages)
        looks *= 2;
    *lookup = (struct tmi_lookup){
        .pages_bytes = looks * sizeof *lookup->looks + large * sizeof *lookup->large,
        .census = census,
        .look_mask = looks - 1,
    };
    lookup->looks = tmi_own_map(lookup->pages_bytes);
    if (lookup->looks == NULL)
        return false;
    lookup->large = (uint32_t *)(lookup->looks + looks);
    for (uint32_t i = 0; i < census->count; ++i) {
        uintptr_t end = tmi_census_end(&census->blocks[i]);

        lookup->lowest = census->blocks[0].start;
        if (end - lookup->lowest > lookup->span)
            lookup->span = end - lookup->lowest;
        note_pages(lookup, i);
    }
    return true;
}

void tmi_lookup_finish(struct tmi_lookup *lookup)
{
    tmi_own_unmap(lookup->looks, lookup->pages_bytes);
}

static bool lies_in(uintptr_t address, const struct tmi_census_block *block)
{
    return address - block->start < tmi_census_end(block) - block->start;
}

static uint32_t find_large(const struct tmi_lookup *lookup, uintptr_t address)
{
    const struct tmi_census_block *blocks = lookup->census->blocks;
    size_t first = 0;

    for (size_t count = lookup->large_count; count > 0;) {
        size_t half = count / 2;

        if (blocks[lookup->large[first + half]].start <= address) {
            first += half + 1;
            count -= half + 1;
        } else {
            count = half;
        }
    }
    return first != 0 && lies_in(address, &blocks[lookup->large[first - 1]])
               ? lookup->large[first - 1]
               : TMI_LOOKUP_NONE;
}

uint32_t tmi_lookup_find(const struct tmi_lookup *lookup, uintptr_t address)
{
    const struct tmi_census_block *blocks = lookup->census->blocks;
    const struct tmi_look *look = look_of(lookup, address / PAGE_BYTES);

    if (look->page != 0) {
        uint32_t first = look->first;

        for (uint32_t count = look->count; count > 0;) {
            uint32_t half = count / 2;

            if (blocks[first + half].start <= address) {
                first += half + 1;
                count -= half + 1;
            } else {
                count = half;
            }
        }
        if (first != 0 && lies_in(address, &blocks[first - 1]))
            return first - 1;
    }
    return lookup->large_count != 0 ? find_large(lookup, address) : TMI_LOOKUP_NONE;
}
