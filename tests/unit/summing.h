/*
 * A backend that sums what is out at every call, for a tree of three levels with budgets at two of
 * them, and notes if more is out than a hard limit allows. For budget_*_test.c.
 *
 * Sizes are 16 k + 8 bytes: then a span is what is charged, size and header. Each span carries its
 * domain in a word of its own before it.
 */
#ifndef TESTS_SUMMING_H
#define TESTS_SUMMING_H

#include <stdlib.h>
#include <string.h>

#include <trackmem/backend.h>
#include <trackmem/observe.h>

#define SUMMING_MIDDLE_HARD ((size_t)3 << 20)
#define SUMMING_LEAF_HARD   ((size_t)1 << 20)

static TRACKMEM_DEFINE_DOMAIN(summing_top, "top", NULL);
static TRACKMEM_DEFINE_DOMAIN(summing_middle, "middle", &summing_top);
static TRACKMEM_DEFINE_DOMAIN(summing_leaf, "leaf", &summing_middle);
static TRACKMEM_DEFINE_DOMAIN(summing_other, "other leaf", &summing_middle);

enum summing_domain { SUMMING_NONE, SUMMING_MIDDLE, SUMMING_LEAF, SUMMING_OTHER, SUMMING_DOMAINS };

static struct trackmem_domain *const summing_domains[SUMMING_DOMAINS] = { NULL, &summing_middle,
                                                                          &summing_leaf,
                                                                          &summing_other };

static struct {
    size_t middle; /* out under it, leaves included */
    size_t leaf;
    size_t most_middle;
    size_t most_leaf;
    bool limited; /* whether the limits hold now */
    unsigned violations;
} summing;

/* What the thread is about to charge. */
static _Thread_local enum summing_domain summing_here;

/* As long as the greatest alignment of a span, on 32-bit systems too. */
struct summing_tag {
    uint64_t domain;
    uint64_t unused;
};

static inline size_t summing_size(uint32_t random)
{
    return (size_t)(random & ~15u) + 8;
}

static inline void summing_raise(size_t *most, size_t now)
{
    size_t before = __atomic_load_n(most, __ATOMIC_RELAXED);
    while (before < now && !__atomic_compare_exchange_n(most, &before, now, true, __ATOMIC_RELAXED,
                                                        __ATOMIC_RELAXED))
        continue;
}

/* change may be negative, as size_t wraps. */
static inline void summing_add(size_t domain, size_t change)
{
    bool limited = __atomic_load_n(&summing.limited, __ATOMIC_SEQ_CST);
    size_t middle = 0;
    size_t leaf = 0;
    if (domain != SUMMING_NONE)
        middle = __atomic_add_fetch(&summing.middle, change, __ATOMIC_SEQ_CST);
    if (domain == SUMMING_LEAF)
        leaf = __atomic_add_fetch(&summing.leaf, change, __ATOMIC_SEQ_CST);
    if ((intptr_t)change <= 0)
        return;
    summing_raise(&summing.most_middle, middle);
    summing_raise(&summing.most_leaf, leaf);
    if (limited && (middle > SUMMING_MIDDLE_HARD || leaf > SUMMING_LEAF_HARD))
        __atomic_add_fetch(&summing.violations, 1, __ATOMIC_SEQ_CST);
}

static inline struct summing_tag *summing_tag_of_span(void *span)
{
    return (struct summing_tag *)span - 1;
}

static inline struct summing_tag *summing_tag_of(void *block)
{
    return summing_tag_of_span((char *)block - 16);
}

static inline void *summing_allocate(void *context, size_t size, size_t alignment)
{
    (void)alignment;
    struct summing_tag *tag = malloc(sizeof *tag + size); /* raw: this is a backend */
    (void)context;
    if (tag == NULL)
        return NULL;
    tag->domain = summing_here;
    summing_add((size_t)tag->domain, size);
    return tag + 1;
}

static inline void *summing_reallocate(void *context, void *span, size_t old_size, size_t new_size,
                                       size_t alignment)
{
    (void)alignment;
    struct summing_tag *tag = summing_tag_of_span(span);
    size_t domain = (size_t)tag->domain;
    (void)context;
    tag = realloc(tag, sizeof *tag + new_size); /* raw: this is a backend */
    if (tag == NULL)
        return NULL;
    summing_add(domain, new_size - old_size);
    return tag + 1;
}

static inline void summing_free(void *context, void *span, size_t size, size_t alignment)
{
    (void)alignment;
    struct summing_tag *tag = summing_tag_of_span(span);
    (void)context;
    summing_add((size_t)tag->domain, (size_t)0 - size);
    free(tag); /* raw: this is a backend */
}

static inline bool summing_start(void)
{
    static const struct trackmem_backend backend = { .name = "summing",
                                                     .allocate = summing_allocate,
                                                     .reallocate = summing_reallocate,
                                                     .free = summing_free };
    return trackmem_set_backend(&backend) == TRACKMEM_OK;
}

static inline void *summing_make(enum summing_domain domain, size_t size)
{
    enum summing_domain before = summing_here;
    void *block;
    summing_here = domain;
    block = trackmem_malloc_in(summing_domains[domain], size);
    summing_here = before;
    return block;
}

/* A resize may copy: the copy is charged where the block is. */
static inline void *summing_resize(void *block, size_t size)
{
    enum summing_domain before = summing_here;
    summing_here = (enum summing_domain)summing_tag_of(block)->domain;
    block = trackmem_realloc(block, size);
    summing_here = before;
    return block;
}

/* Out of the one sum before, into the other after: neither is ever too high by it. */
static inline bool summing_transfer(void *block, enum summing_domain to)
{
    struct summing_tag *tag = summing_tag_of(block);
    size_t span = trackmem_size(block) + 16;
    enum summing_domain from = (enum summing_domain)tag->domain;
    bool moved;
    summing_add(from, (size_t)0 - span);
    moved = trackmem_transfer(block, summing_domains[to]) == TRACKMEM_OK;
    tag->domain = moved ? to : from;
    summing_add((size_t)tag->domain, span);
    return moved;
}

#endif
