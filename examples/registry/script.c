/*
 * script.c: what listing.lua can call, and its run. An error leaves a C function by longjmp: what
 * must be given back then belongs to a Lua object.
 */
#include "script.h"

#include <stdio.h>

#include <lauxlib.h>
#include <lualib.h>

#include "memory.h"

#define STATEMENT "statement"

static int finish_statement(lua_State *L)
{
    sqlite3_stmt **statement = luaL_checkudata(L, 1, STATEMENT);
    sqlite3_finalize(*statement);
    *statement = NULL;
    return 0;
}

static int fail_in_database(lua_State *L, const struct script *script)
{
    return luaL_error(L, "the database: %s", database_error(script->database));
}

/* The iterator: a row's values, or nil after the last. */
static int next_row(lua_State *L)
{
    struct script *script = lua_touserdata(L, lua_upvalueindex(1));
    sqlite3_stmt **statement = luaL_checkudata(L, lua_upvalueindex(2), STATEMENT);
    int result = sqlite3_step(*statement);
    int columns = sqlite3_column_count(*statement);
    if (result == SQLITE_DONE)
        return 0;
    if (result != SQLITE_ROW)
        return fail_in_database(L, script);
    luaL_checkstack(L, columns, NULL);
    for (int i = 0; i < columns; i++) {
        if (sqlite3_column_type(*statement, i) == SQLITE_INTEGER)
            lua_pushinteger(L, sqlite3_column_int64(*statement, i));
        else
            lua_pushstring(L, (const char *)sqlite3_column_text(*statement, i));
    }
    return columns;
}

static int rows(lua_State *L)
{
    struct script *script = lua_touserdata(L, lua_upvalueindex(1));
    const char *sql = luaL_checkstring(L, 1);
    lua_pushvalue(L, lua_upvalueindex(1));
    sqlite3_stmt **statement = lua_newuserdatauv(L, sizeof *statement, 0);
    *statement = NULL;
    luaL_setmetatable(L, STATEMENT);
    if (sqlite3_prepare_v2(script->database->handle, sql, -1, statement, NULL) != SQLITE_OK)
        return fail_in_database(L, script);
    lua_pushcclosure(L, next_row, 2);
    return 1;
}

static int write_text(lua_State *L)
{
    struct script *script = lua_touserdata(L, lua_upvalueindex(1));
    size_t length = 0;
    const char *text = luaL_checklstring(L, 1, &length);
    if (!archive_add(script->archive, text, length))
        return luaL_error(L, "the archive: out of memory");
    return 0;
}

static int run(lua_State *L)
{
    const luaL_Reg functions[] = { { "rows", rows }, { "write", write_text }, { NULL, NULL } };
    struct script *script = lua_touserdata(L, 1);
    luaL_openlibs(L);
    luaL_newmetatable(L, STATEMENT);
    lua_pushcfunction(L, finish_statement);
    lua_setfield(L, -2, "__gc");
    lua_pushglobaltable(L);
    lua_pushlightuserdata(L, script);
    luaL_setfuncs(L, functions, 1);
    if (luaL_loadfile(L, LISTING_SCRIPT) != LUA_OK)
        return lua_error(L);
    lua_call(L, 0, 2);
    script->lines = luaL_checkinteger(L, -1);
    snprintf(script->words, sizeof script->words, "%s", luaL_checkstring(L, -2));
    return 0;
}

bool script_run(struct script *script, struct database *database, struct archive *archive)
{
    *script =
        (struct script){ .state = memory_for_lua(), .database = database, .archive = archive };
    if (!script->state) {
        snprintf(script->words, sizeof script->words, "out of memory");
        return false;
    }
    lua_pushcfunction(script->state, run);
    lua_pushlightuserdata(script->state, script);
    if (lua_pcall(script->state, 1, 0, 0) == LUA_OK)
        return true;
    const char *why = lua_tostring(script->state, -1);
    snprintf(script->words, sizeof script->words, "%s", why ? why : "an error without words");
    return false;
}

void script_finish(struct script *script)
{
    if (script->state)
        lua_close(script->state);
    *script = (struct script){ .state = NULL };
}
