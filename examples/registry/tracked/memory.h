/*
 * tracked/memory.h: how the demo allocates: through trackmem. Each file names its domain by
 * TRACKMEM_DOMAIN before it includes this. plain/memory.h is the same without trackmem.
 */
#ifndef DEMO_MEMORY_H
#define DEMO_MEMORY_H

#include <stdbool.h>

#include <expat.h>
#include <lua.h>
#include <trackmem/adapters/zstd.h>
#include <trackmem/text.h>
#include <trackmem/trackmem.h>

#define memory_realloc(ptr, count, size) trackmem_reallocarray(ptr, count, size)
#define memory_strndup(text, length)     trackmem_strndup(text, length)
#define memory_free(ptr)                 trackmem_free(ptr)

/* Makes SQLite allocate in a domain of its own, sets budgets if wanted; false: refused. */
bool memory_start(bool budgets);
/* What expat allocates with. */
const XML_Memory_Handling_Suite *memory_for_expat(void);
/* A Lua state, a zstd context, each in a domain of its own; NULL: no memory. */
lua_State *memory_for_lua(void);
ZSTD_CCtx *memory_for_compression(void);
ZSTD_DCtx *memory_for_decompression(void);
/* Writes the accounting on standard output; false: it could not be written. */
bool memory_report(bool json);
/* Says whether all domains are back to zero; false: something is left, and named. */
bool memory_finish(bool quiet);

#endif
