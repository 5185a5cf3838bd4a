/*
 * alloc/small_walk.c: see small_walk.h. Each block is read with its region's lock held; what is
 * called for it runs without.
 */
#include "alloc/small_walk.h"

#include "backend/region_walk.h"

struct step {
    struct tmi_small_block block;
    const void *span;
    enum tmi_small_verdict verdict;
};

static void look(void *span, size_t size, void *user)
{
    struct step *step = user;

    step->span = span;
    step->verdict = tmi_small_in_span(span, size, &step->block);
}

void tmi_small_walk(tmi_small_block_fn *fn, void (*damaged)(const void *block, void *user),
                    void *user)
{
    struct tmi_region_walk walk;
    struct step step;

    tmi_region_walk_begin(&walk);
    while (tmi_region_walk_next(&walk, look, &step)) {
        if (step.verdict == TMI_SMALL_LIVE)
            fn(&step.block, user);
        else if (step.verdict != TMI_SMALL_WAS_FREED && damaged != NULL)
            damaged((const char *)step.span + TMI_SMALL_PREFIX, user);
    }
}

static void make_old(void *span, size_t size, void *user)
{
    struct tmi_small_block block;

    (void)user;
    if (tmi_small_in_span(span, size, &block) == TMI_SMALL_LIVE)
        tmi_small_header_of(block.block)->w0 = (block.w0 & ~(3u << TMI_SMALL_STATE_SHIFT)) |
                                               (uint32_t)TMI_SMALL_OLD << TMI_SMALL_STATE_SHIFT;
}

void tmi_small_make_old(void)
{
    struct tmi_region_walk walk;

    tmi_region_walk_begin(&walk);
    while (tmi_region_walk_next(&walk, make_old, NULL))
        continue;
}

#define SUMS 8

/* The SUMS lowest keys from one on, in order. */
struct sums {
    struct tmi_small_sum sums[SUMS];
    uint32_t count;
    uint32_t first_key;
    bool only_new;
    bool cut; /* there are higher keys */
};

static void add(const struct tmi_small_block *block, void *user)
{
    struct sums *all = user;
    uint32_t key = (block->w1 & TMI_SMALL_SITE_MASK) << 6 |
                   (block->w0 >> TMI_SMALL_DOMAIN_SHIFT & 63);
    uint32_t at = 0;

    if (key < all->first_key ||
        (all->only_new && block->w0 >> TMI_SMALL_STATE_SHIFT != TMI_SMALL_NEW))
        return;
    while (at < all->count && all->sums[at].key < key)
        ++at;
    if (at == SUMS) {
        all->cut = true;
        return;
    }
    if (at == all->count || all->sums[at].key != key) {
        if (all->count == SUMS)
            all->cut = true;
        else
            ++all->count;
        for (uint32_t i = all->count - 1; i > at; --i)
            all->sums[i] = all->sums[i - 1];
        all->sums[at] = (struct tmi_small_sum){ .key = key };
    }
    ++all->sums[at].blocks;
    all->sums[at].bytes += tmi_small_size(block->w0);
}

void tmi_small_sum_sites(bool only_new, bool (*fn)(const struct tmi_small_sum *sum, void *user),
                         void *user)
{
    struct sums all = { .only_new = only_new };

    do {
        all.count = 0;
        all.cut = false;
        tmi_small_walk(add, NULL, &all);
        for (uint32_t i = 0; i < all.count; ++i)
            if (!fn(&all.sums[i], user))
                return;
        if (all.count != 0)
            all.first_key = all.sums[all.count - 1].key + 1;
    } while (all.cut);
}
