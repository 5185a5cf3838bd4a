/*
 * lua.c: a script that keeps records in tables, joins, splits and sorts strings.
 */
#include <lauxlib.h>
#include <lualib.h>

#include "memory.h"
#include "program.h"

static bool run(const struct program_size *size)
{
    lua_State *L = memory_for_lua();
    bool good = false;
    if (!L)
        return false;
    luaL_openlibs(L);
    if (luaL_loadfile(L, BENCH_LUA_SCRIPT) == LUA_OK) {
        lua_pushinteger(L, size->objects);
        lua_pushinteger(L, size->rounds);
        good = lua_pcall(L, 2, 1, 0) == LUA_OK && lua_toboolean(L, -1);
    }
    if (!good)
        lua_writestringerror("%s\n", luaL_tolstring(L, -1, NULL));
    lua_close(L);
    return good;
}

const struct program program_lua = {
    "lua",
    "a Lua script: records in tables, strings joined, split and sorted",
    run,
    { 6000, 2 },
    { 300, 3 }
};
