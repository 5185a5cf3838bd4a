/*
 * plain/memory.c: the demo's memory without trackmem.
 */
#include "memory.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <lauxlib.h>

void *plain_realloc(void *ptr, size_t count, size_t size)
{
    if (size > 0 && count > SIZE_MAX / size)
        return NULL;
    return realloc(ptr, count * size); /* raw: this variant stands for code without trackmem */
}

char *plain_strndup(const char *text, size_t length)
{
    char *copy = plain_realloc(NULL, length + 1, 1);
    if (copy) {
        memcpy(copy, text, length);
        copy[length] = '\0';
    }
    return copy;
}

bool memory_start(bool budgets)
{
    (void)budgets;
    return true;
}

const XML_Memory_Handling_Suite *memory_for_expat(void)
{
    return NULL;
}

lua_State *memory_for_lua(void)
{
    return luaL_newstate();
}

ZSTD_CCtx *memory_for_compression(void)
{
    return ZSTD_createCCtx();
}

ZSTD_DCtx *memory_for_decompression(void)
{
    return ZSTD_createDCtx();
}

bool memory_report(bool json)
{
    puts(json ? "null" : "This is the variant without trackmem: there is no accounting.");
    return true;
}

bool memory_finish(bool quiet)
{
    (void)quiet;
    return true;
}
