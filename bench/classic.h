/*
 * classic.h: a model of the debugging allocator that many code bases carry (see classic.c).
 */
#ifndef BENCH_CLASSIC_H
#define BENCH_CLASSIC_H

#include <stddef.h>
#include <stdint.h>

/*
 * As malloc and its kin; file and function must live as long as the process. Any thread may call
 * them.
 */
void *classic_malloc(const char *file, uint32_t line, const char *function, size_t size);
void *classic_calloc(const char *file, uint32_t line, const char *function, size_t count,
                     size_t size);
void *classic_realloc(const char *file, uint32_t line, const char *function, void *ptr,
                      size_t size);
void classic_free(const char *file, uint32_t line, const char *function, void *ptr);

#endif
