/*
 * block/index.c: see index.h. Leaves and middles come from our own memory and stay.
 *
 * A slot is written by the thread that makes or ends the block: with release once the record is
 * whole, read with acquire. Two threads never write one slot, since only one block starts there.
 */
#include "block/index.h"

#include "account/own.h"

#define PAGE_BYTES    4096u
#define LEAF_BITS     21u
#define LEAF_PAGES    ((1u << LEAF_BITS) / PAGE_BYTES)
#define PAGE_GRANULES (PAGE_BYTES / TMI_INDEX_GRANULE_BYTES)
#define COVERED_BYTES ((size_t)32 << 20) /* what is larger stands in the list */
#define LARGE_BLOCKS  64u
#if UINTPTR_MAX > 0xffffffffu
#define MIDDLE_BITS 14u
#define ROOT_BITS   15u
#else
#define MIDDLE_BITS 0u
#define ROOT_BITS   11u
#endif

struct leaf {
    uint32_t slots[LEAF_PAGES][PAGE_GRANULES];
    uint32_t covers[LEAF_PAGES];
};

struct middle {
    struct leaf *leaves[1u << MIDDLE_BITS];
};

static struct {
    struct middle *root[1u << ROOT_BITS]; /* as all that follow: stored with release */
    uint32_t large[LARGE_BLOCKS];
    uint32_t large_top; /* atomic: no entry from here on was ever used */
} index;

static size_t root_index(uintptr_t address)
{
    return (size_t)(address >> (LEAF_BITS + MIDDLE_BITS));
}

static size_t middle_index(uintptr_t address)
{
    return (size_t)(address >> LEAF_BITS) & ((1u << MIDDLE_BITS) - 1);
}

static size_t page_index(uintptr_t address)
{
    return (size_t)(address / PAGE_BYTES) % LEAF_PAGES;
}

static size_t granule_index(uintptr_t address)
{
    return (size_t)(address / TMI_INDEX_GRANULE_BYTES) % PAGE_GRANULES;
}

/* NULL: nothing ever stood there. */
TMI_INLINE struct leaf *leaf_of(uintptr_t address)
{
    struct middle *middle;

    if (TMI_UNLIKELY(root_index(address) >= 1u << ROOT_BITS))
        return NULL;
    middle = tmi_load_acquire(&index.root[root_index(address)]);
    return TMI_LIKELY(middle != NULL) ? tmi_load_acquire(&middle->leaves[middle_index(address)])
                                      : NULL;
}

/* Puts a new table where none is; another thread may be first, and then its table stays. */
static bool make_table(void **place, size_t bytes)
{
    void *none = NULL;
    void *table = tmi_own_map(bytes);

    if (table == NULL)
        return false;
    if (!__atomic_compare_exchange_n(place, &none, table, false, __ATOMIC_RELEASE,
                                     __ATOMIC_RELAXED))
        tmi_own_unmap(table, bytes);
    return true;
}

TMI_COLD static struct leaf *make_leaf(uintptr_t address)
{
    struct middle **middle;
    struct leaf **leaf;

    if (root_index(address) >= 1u << ROOT_BITS)
        return NULL;
    middle = &index.root[root_index(address)];
    if (tmi_load_acquire(middle) == NULL && !make_table((void **)middle, sizeof **middle))
        return NULL;
    leaf = &tmi_load_acquire(middle)->leaves[middle_index(address)];
    if (tmi_load_acquire(leaf) == NULL && !make_table((void **)leaf, sizeof **leaf))
        return NULL;
    return tmi_load_acquire(leaf);
}

static bool insert_large(uint32_t number)
{
    for (uint32_t i = 0; i < LARGE_BLOCKS; ++i) {
        uint32_t none = 0;
        uint32_t top = tmi_load(&index.large_top);

        if (!__atomic_compare_exchange_n(&index.large[i], &none, number, false, __ATOMIC_RELEASE,
                                         __ATOMIC_RELAXED))
            continue;
        while (top <= i && !__atomic_compare_exchange_n(&index.large_top, &top, i + 1, true,
                                                        __ATOMIC_RELEASE, __ATOMIC_RELAXED))
            continue;
        return true;
    }
    return false;
}

static bool remove_large(uint32_t number)
{
    for (uint32_t i = 0; i < tmi_load(&index.large_top); ++i) {
        if (tmi_load(&index.large[i]) == number) {
            tmi_store(&index.large[i], 0);
            return true;
        }
    }
    return false;
}

/* Notes the block in the pages behind its first; false: no memory for a leaf. */
static bool cover(uint32_t number, uintptr_t block, size_t size)
{
    uintptr_t page = (block | (PAGE_BYTES - 1)) + 1;

    for (; page - block < size; page += PAGE_BYTES) {
        struct leaf *leaf = leaf_of(page);

        if (leaf == NULL)
            leaf = make_leaf(page);
        if (leaf == NULL)
            return false;
        tmi_store_release(&leaf->covers[page_index(page)], number);
    }
    return true;
}

static void uncover(uintptr_t block, size_t size)
{
    uintptr_t page = (block | (PAGE_BYTES - 1)) + 1;

    for (; page - block < size; page += PAGE_BYTES) {
        struct leaf *leaf = leaf_of(page);

        if (leaf != NULL)
            tmi_store(&leaf->covers[page_index(page)], 0);
    }
}

bool tmi_index_insert(uint32_t number, uintptr_t block, size_t size)
{
    struct leaf *leaf = leaf_of(block);

    if (TMI_UNLIKELY(leaf == NULL)) {
        leaf = make_leaf(block);
        if (leaf == NULL)
            return false;
    }
    if (TMI_UNLIKELY(size > PAGE_BYTES - block % PAGE_BYTES) &&
        !(size > COVERED_BYTES && insert_large(number)) && !cover(number, block, size)) {
        uncover(block, size);
        return false;
    }
    tmi_store_release(&leaf->slots[page_index(block)][granule_index(block)], number);
    return true;
}

void tmi_index_remove(uint32_t number, uintptr_t block, size_t size)
{
    struct leaf *leaf = leaf_of(block);

    tmi_store(&leaf->slots[page_index(block)][granule_index(block)], 0);
    if (TMI_UNLIKELY(size > PAGE_BYTES - block % PAGE_BYTES) &&
        !(size > COVERED_BYTES && remove_large(number)))
        uncover(block, size);
}

static bool starts_at(uint32_t number, uintptr_t block)
{
    return number != 0 && tmi_load(&tmi_record_by_number(number)->block) == block;
}

uint32_t tmi_index_find(uintptr_t block)
{
    const struct leaf *leaf = leaf_of(block);
    uint32_t number;

    if (leaf == NULL)
        return 0;
    number = tmi_load_acquire(&leaf->slots[page_index(block)][granule_index(block)]);
    return starts_at(number, block) ? number : 0;
}

static uint32_t find_large(uintptr_t address)
{
    uint32_t top = tmi_load_acquire(&index.large_top);

    for (uint32_t i = 0; i < top; ++i) {
        uint32_t number = tmi_load_acquire(&index.large[i]);
        const struct tmi_record *record;

        if (number == 0)
            continue;
        record = tmi_record_by_number(number);
        if (address - tmi_load(&record->block) < tmi_shape_size(tmi_load(&record->shape)))
            return number;
    }
    return 0;
}

uint32_t tmi_index_below(uintptr_t address)
{
    const struct leaf *leaf = leaf_of(address);
    size_t granule = granule_index(address);
    uint32_t number;

    for (size_t i = granule + 1; leaf != NULL && i > 0; --i) {
        number = tmi_load_acquire(&leaf->slots[page_index(address)][i - 1]);
        if (number != 0 && tmi_load(&tmi_record_by_number(number)->block) <= address)
            return number;
    }
    number = leaf != NULL ? tmi_load_acquire(&leaf->covers[page_index(address)]) : 0;
    return number != 0 ? number : find_large(address);
}

uint32_t tmi_index_above(uintptr_t address, size_t reach)
{
    uintptr_t granule = address & ~(uintptr_t)(TMI_INDEX_GRANULE_BYTES - 1);

    for (; granule - address + TMI_INDEX_GRANULE_BYTES < reach + 2 * TMI_INDEX_GRANULE_BYTES;
         granule += TMI_INDEX_GRANULE_BYTES) {
        const struct leaf *leaf = leaf_of(granule);
        uint32_t number = leaf == NULL
                              ? 0
                              : tmi_load_acquire(
                                    &leaf->slots[page_index(granule)][granule_index(granule)]);
        uintptr_t block = number != 0 ? tmi_load(&tmi_record_by_number(number)->block) : 0;

        if (block > address)
            return block - address <= reach ? number : 0;
    }
    return 0;
}
