/*
 * base/sort.h: sorting without malloc (the C library's qsort may call it) and without recursion.
 */
#ifndef TMI_BASE_SORT_H
#define TMI_BASE_SORT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Heap sort of count elements of size bytes each (at most 128). before(a, b, user): whether a is to
 * stand before b.
 */
void tmi_sort(void *elements, size_t count, size_t size,
              bool (*before)(const void *a, const void *b, const void *user), const void *user);

#endif
