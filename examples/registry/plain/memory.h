/*
 * plain/memory.h: how the demo allocates without trackmem: as any C program. The benchmark
 * measures this variant against tracked/.
 */
#ifndef DEMO_MEMORY_H
#define DEMO_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#include <expat.h>
#include <lua.h>
#include <zstd.h>

#define memory_realloc(ptr, count, size) plain_realloc(ptr, count, size)
#define memory_strndup(text, length)     plain_strndup(text, length)
#define memory_free(ptr)                 free(ptr) /* raw: code without trackmem */

void *plain_realloc(void *ptr, size_t count, size_t size);
char *plain_strndup(const char *text, size_t length);

/* As in tracked/memory.h; expat's own means, nothing to report, nothing to check. */
bool memory_start(bool budgets);
const XML_Memory_Handling_Suite *memory_for_expat(void);
lua_State *memory_for_lua(void);
ZSTD_CCtx *memory_for_compression(void);
ZSTD_DCtx *memory_for_decompression(void);
bool memory_report(bool json);
bool memory_finish(bool quiet);

#endif
