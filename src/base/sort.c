/*
 * base/sort.c: see sort.h.
 */
#include "base/sort.h"

#include <string.h>

struct heap {
    char *elements;
    size_t size;
    bool (*before)(const void *a, const void *b, const void *user);
    const void *user;
};

static char *at(const struct heap *heap, size_t index)
{
    return heap->elements + index * heap->size;
}

static void exchange(const struct heap *heap, size_t a, size_t b)
{
    char held[128];

    memcpy(held, at(heap, a), heap->size);
    memcpy(at(heap, a), at(heap, b), heap->size);
    memcpy(at(heap, b), held, heap->size);
}

/* The last in order stands on top. */
static void sift_down(const struct heap *heap, size_t index, size_t count)
{
    for (;;) {
        size_t child = 2 * index + 1;

        if (child >= count)
            return;
        if (child + 1 < count && heap->before(at(heap, child), at(heap, child + 1), heap->user))
            ++child;
        if (!heap->before(at(heap, index), at(heap, child), heap->user))
            return;
        exchange(heap, index, child);
        index = child;
    }
}

void tmi_sort(void *elements, size_t count, size_t size,
              bool (*before)(const void *a, const void *b, const void *user), const void *user)
{
    const struct heap heap = { elements, size, before, user };

    for (size_t i = count / 2; i > 0; --i)
        sift_down(&heap, i - 1, count);
    for (size_t left = count; left > 1; --left) {
        exchange(&heap, 0, left - 1);
        sift_down(&heap, 0, left - 1);
    }
}
