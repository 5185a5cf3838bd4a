/*
 * trackmem/adapters/lua.h: lets Lua allocate through trackmem, each state in its own domain.
 * pkg-config: lua5.4
 *
 *     TRACKMEM_DEFINE_DOMAIN(scripts, "lua", NULL);
 *     ...
 *     lua_State *L = lua_newstate(trackmem_lua_alloc, &scripts);
 *
 * When:       for each state, in place of luaL_newstate; that also sets a panic function
 *             (lua_atpanic), without which an error outside any protected call aborts silently.
 * Ownership:  all belongs to the state, until lua_close.
 * Failure:    lua_newstate gives NULL. In a running state Lua collects its garbage, asks once more,
 *             and raises "not enough memory" (LUA_ERRMEM from lua_pcall).
 * Threads:    as Lua: a state is one thread's at a time.
 * Not seen:   FILE buffers of the io library, and what C modules allocate by themselves.
 *
 * Lua tells the size of each block that it frees, and one that differs is reported as misuse.
 */
#ifndef TRACKMEM_ADAPTERS_LUA_H
#define TRACKMEM_ADAPTERS_LUA_H

#ifdef __cplusplus
extern "C" {
#endif

/* As lua.hpp does. A Lua that was compiled as C++: include its lua.h before this. */
#include <lua.h>

#ifdef __cplusplus
}
#endif

#include "trackmem/adapters/hooks.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A lua_Alloc: what lua_newstate and lua_setallocf take.
 *   domain  a struct trackmem_domain that outlives the state, or NULL for the process
 */
static inline void *trackmem_lua_alloc(void *domain, void *ptr, size_t old_size, size_t new_size)
{
    if (new_size > 0)
        return trackmem_realloc_in(TRACKMEM_HOOK_AS_(struct trackmem_domain *, domain), ptr,
                                   new_size);
    if (ptr != NULL) /* else old_size is the kind of a new object */
        trackmem_free_sized(ptr, old_size);
    return NULL;
}

#ifdef __cplusplus
}
#endif

#endif
