/*
 * Eight threads that allocate, resize, transfer and free each other's blocks at random, and a model
 * that knows what must be alive. For counts_*_test.c.
 */
#ifndef TESTS_CREW_H
#define TESTS_CREW_H

#include <pthread.h>
#include <stdlib.h>

#include <trackmem/family.h>

#include "witness.h"

#define CREW_THREADS 8
#define CREW_DOMAINS 6
#define CREW_SLOTS   512

static TRACKMEM_DEFINE_DOMAIN(crew_top, "crew", NULL);
static TRACKMEM_DEFINE_DOMAIN(crew_left, "left", &crew_top);
static TRACKMEM_DEFINE_DOMAIN(crew_right, "right", &crew_top);
static TRACKMEM_DEFINE_DOMAIN(crew_leaf, "leaf", &crew_left);
static TRACKMEM_DEFINE_DOMAIN(crew_other, "other crew", NULL);

static struct trackmem_domain *const crew_domains[CREW_DOMAINS] = {
    &crew_top, &crew_left, &crew_right, &crew_leaf, &crew_other, NULL,
};

enum crew_layout { CREW_PLAIN, CREW_ALIGNED, CREW_FAMILY, CREW_ADOPTED, CREW_LAYOUTS };

/* A place that any thread may take, work on and put back. */
struct crew_slot {
    pthread_mutex_t lock;
    unsigned char *block;
    size_t size;
    size_t alignment;
    enum crew_layout layout;
    size_t domain;
};

static struct crew {
    struct crew_slot slots[CREW_SLOTS];
    trackmem_family family;
    int rounds;
    bool fail_now_and_then;
} crew;

struct crew_model {
    uint64_t bytes[CREW_DOMAINS];
    uint64_t blocks[CREW_DOMAINS];
    uint64_t overhead[CREW_DOMAINS];
};

static inline uint32_t crew_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

static inline size_t crew_size(uint32_t *seed)
{
    uint32_t kind = crew_random(seed) % 32;
    if (kind == 0)
        return crew_random(seed) % 300000;
    if (kind < 4)
        return crew_random(seed) % 9000;
    return crew_random(seed) % 1200;
}

static inline void crew_make(struct crew_slot *slot, uint32_t *seed)
{
    struct trackmem_domain *domain;
    slot->size = crew_size(seed);
    slot->layout = (enum crew_layout)(crew_random(seed) % CREW_LAYOUTS);
    slot->domain = crew_random(seed) % CREW_DOMAINS;
    slot->alignment = 0;
    domain = crew_domains[slot->domain];
    (void)trackmem_domain_push(domain);
    switch (slot->layout) {
    case CREW_PLAIN:
        slot->block = crew_random(seed) % 2 ? trackmem_malloc(slot->size)
                                            : trackmem_calloc(slot->size, 1);
        break;
    case CREW_ALIGNED:
        slot->alignment = (size_t)32 << crew_random(seed) % 8;
        slot->block = trackmem_aligned_alloc(slot->alignment, slot->size);
        break;
    case CREW_FAMILY:
        slot->block = trackmem_family_malloc(crew.family, domain, 0, slot->size);
        break;
    default:
        slot->block = trackmem_libc_malloc(slot->size + 1);
        if (slot->block != NULL && trackmem_adopt(slot->block, slot->size) != TRACKMEM_OK)
            abort();
        break;
    }
    (void)trackmem_domain_pop();
    if (slot->block != NULL)
        fill(slot->block, slot->size, (unsigned)slot->size);
}

static inline void crew_free(struct crew_slot *slot)
{
    if (!is_filled(slot->block, slot->size, (unsigned)slot->size))
        abort();
    if (slot->layout == CREW_ALIGNED)
        trackmem_aligned_free(slot->block);
    else if (slot->layout == CREW_FAMILY)
        trackmem_family_free(crew.family, slot->block);
    else
        trackmem_free(slot->block);
    slot->block = NULL;
}

static inline void crew_resize(struct crew_slot *slot, uint32_t *seed)
{
    size_t size = crew_size(seed);
    size_t less = size < slot->size ? size : slot->size;
    unsigned char *block;
    if (slot->layout == CREW_ALIGNED)
        block = trackmem_aligned_realloc(slot->block, 1, size);
    else if (slot->layout == CREW_FAMILY)
        block = trackmem_family_realloc(crew.family, slot->block, 0, size);
    else
        block = trackmem_realloc(slot->block, size);
    if (block == NULL)
        return; /* as it was */
    if (!is_filled(block, less, (unsigned)slot->size))
        abort();
    slot->block = block;
    slot->size = size;
    fill(block, size, (unsigned)size);
}

static void *crew_work(void *argument)
{
    uint32_t seed = (uint32_t)(uintptr_t)argument * 7919u + 17u;
    for (int i = 0; i < crew.rounds; i++) {
        struct crew_slot *slot = &crew.slots[crew_random(&seed) % CREW_SLOTS];
        uint32_t deed = crew_random(&seed) % 8;
        pthread_mutex_lock(&slot->lock);
        if (slot->block == NULL) {
            crew_make(slot, &seed);
        } else if (deed < 4) {
            crew_free(slot);
        } else if (deed < 6) {
            crew_resize(slot, &seed);
        } else {
            slot->domain = crew_random(&seed) % CREW_DOMAINS;
            if (trackmem_transfer(slot->block, crew_domains[slot->domain]) != TRACKMEM_OK)
                abort();
        }
        pthread_mutex_unlock(&slot->lock);
    }
    return NULL;
}

static inline void crew_begin(int rounds)
{
    crew.rounds = rounds;
    crew.family = trackmem_family_register(
        &(struct trackmem_family_info){ "crew", "crew_make", "crew_free" });
    for (size_t i = 0; i < CREW_SLOTS; i++)
        pthread_mutex_init(&crew.slots[i].lock, NULL);
}

static inline void crew_run(uint32_t seed)
{
    pthread_t threads[CREW_THREADS];
    for (uintptr_t i = 0; i < CREW_THREADS; i++)
        pthread_create(&threads[i], NULL, crew_work, (void *)(i + seed * 100));
    for (size_t i = 0; i < CREW_THREADS; i++)
        pthread_join(threads[i], NULL);
}

/* At rest: what must be alive. */
static inline struct crew_model crew_count(void)
{
    struct crew_model model = { { 0 }, { 0 }, { 0 } };
    for (size_t i = 0; i < CREW_SLOTS; i++) {
        const struct crew_slot *slot = &crew.slots[i];
        if (slot->block == NULL)
            continue;
        model.bytes[slot->domain] += slot->size;
        model.blocks[slot->domain]++;
        if (slot->layout != CREW_ADOPTED)
            model.overhead[slot->domain] += slot->alignment != 0
                                                ? aligned_overhead(slot->alignment, slot->size)
                                                : 16;
    }
    return model;
}

static inline void crew_check(void)
{
    struct crew_model model = crew_count();
    uint64_t bytes = 0;
    for (size_t i = 0; i < CREW_DOMAINS; i++) {
        struct trackmem_stats stats = stats_of(crew_domains[i], false);
        uint64_t classes = 0;
        assert_int_equal(stats.live_bytes, model.bytes[i]);
        assert_int_equal(stats.live_blocks, model.blocks[i]);
        assert_int_equal(stats.overhead_bytes, model.overhead[i]);
        for (size_t k = 0; k < TRACKMEM_SIZE_CLASSES; k++)
            classes += stats.size_class[k];
        assert_int_equal(classes, stats.total_blocks);
        bytes += model.bytes[i];
    }
    assert_int_equal(stats_of(NULL, true).live_bytes, bytes);
    assert_int_equal(stats_of(&crew_top, true).live_bytes,
                     model.bytes[0] + model.bytes[1] + model.bytes[2] + model.bytes[3]);
}

static inline void crew_end(void)
{
    for (size_t i = 0; i < CREW_SLOTS; i++)
        if (crew.slots[i].block != NULL)
            crew_free(&crew.slots[i]);
}

#endif
