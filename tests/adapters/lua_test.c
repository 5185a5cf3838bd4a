/*
 * Lua: a script over a real file, the count that Lua itself keeps, and refusals.
 */
#include "adapter.h"

#include <lauxlib.h>
#include <lualib.h>

#include <trackmem/adapters/lua.h>
#include <trackmem/domain.h>

static TRACKMEM_DEFINE_DOMAIN(scripts, "lua", NULL);
static TRACKMEM_DEFINE_DOMAIN(other_scripts, "other lua", NULL);

/* The bytes that Lua thinks it holds are those that the domain is charged with. */
static void assert_lua_agrees(lua_State *L)
{
    uint64_t kib = (uint64_t)lua_gc(L, LUA_GCCOUNT);
    assert_int_equal(kib * 1024 + (uint64_t)lua_gc(L, LUA_GCCOUNTB), live_bytes(&scripts));
}

static void a_script_over_a_real_file_is_charged_and_released(void **state)
{
    size_t size;
    char *text = contents_of(TEST_XML, &size);
    lua_State *L = lua_newstate(trackmem_lua_alloc, &scripts);
    size_t elements = 0;
    (void)state;

    for (const char *at = text; (at = strchr(at, '<')) != NULL; at++) {
        char c = at[1];
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_')
            elements++;
    }
    assert_non_null(L);
    luaL_openlibs(L);
    assert_int_equal(luaL_loadfile(L, TEST_SCRIPT), LUA_OK);
    lua_pushstring(L, TEST_XML);
    assert_int_equal(lua_pcall(L, 1, 2, 0), LUA_OK);
    assert_int_equal(lua_tointeger(L, -2), elements);
    assert_true(lua_tointeger(L, -1) > 5);
    assert_held(&scripts);
    assert_true(stats_of(&scripts, true).peak_bytes > size);
    assert_lua_agrees(L);
    lua_close(L);
    assert_released(&scripts);
    free(text);
}

static void each_change_of_size_is_charged_as_lua_counts_it(void **state)
{
    static const char *const chunks[] = {
        "numbers = {}; for i = 1, 10000 do numbers[i] = i end",
        "for i = 10000, 11, -1 do numbers[i] = nil end; collectgarbage()",
        "text = string.rep('x', 1000000)",
        "text = nil; collectgarbage()",
        "threads = {}; for i = 1, 100 do threads[i] = coroutine.create(print) end",
        "threads = nil; numbers = nil; collectgarbage()",
    };
    lua_State *L = lua_newstate(trackmem_lua_alloc, &scripts);
    (void)state;

    assert_non_null(L);
    luaL_openlibs(L);
    for (size_t i = 0; i < sizeof chunks / sizeof *chunks; i++) {
        assert_int_equal(luaL_dostring(L, chunks[i]), LUA_OK);
        assert_lua_agrees(L);
    }
    lua_close(L);
    assert_released(&scripts);
}

static void two_states_have_a_domain_each(void **state)
{
    lua_State *one = lua_newstate(trackmem_lua_alloc, &scripts);
    lua_State *other = lua_newstate(trackmem_lua_alloc, &other_scripts);
    uint64_t held;
    (void)state;

    assert_non_null(one);
    assert_non_null(other);
    held = live_bytes(&scripts);
    luaL_openlibs(other);
    assert_int_equal(live_bytes(&scripts), held);
    assert_true(live_bytes(&other_scripts) > held);
    lua_close(one);
    lua_close(other);
    assert_released(&other_scripts);
}

static void a_script_that_runs_out_of_memory_can_be_followed_by_another(void **state)
{
    lua_State *L = lua_newstate(trackmem_lua_alloc, &scripts);
    (void)state;

    assert_non_null(L);
    luaL_openlibs(L);
    assert_int_equal(luaL_loadstring(L, "local t = {}; while true do t[#t + 1] = {} end"), LUA_OK);
    refuse_from(1000, true);
    assert_int_equal(lua_pcall(L, 0, 0, 0), LUA_ERRMEM);
    refuse_none();
    lua_pop(L, 1);
    assert_lua_agrees(L);
    assert_int_equal(luaL_dostring(L, "return 6 * 7"), LUA_OK);
    assert_int_equal(lua_tointeger(L, -1), 42);
    lua_close(L);
    assert_released(&scripts);
}

static int open_and_run(lua_State *L)
{
    luaL_openlibs(L);
    if (luaL_loadstring(L, "local t = {}; for i = 1, 50 do t[i] = ('%d'):format(i) end\n"
                           "return table.concat(t, ',')") != LUA_OK)
        return lua_error(L);
    lua_call(L, 0, 1);
    return 1;
}

static bool script(void)
{
    lua_State *L = lua_newstate(trackmem_lua_alloc, &scripts);
    bool well;

    if (L == NULL)
        return false;
    lua_pushcfunction(L, open_and_run);
    well = lua_pcall(L, 0, 1, 0) == LUA_OK;
    lua_close(L);
    return well;
}

static void each_refusal_is_an_error_in_lua_and_leaves_nothing(void **state)
{
    (void)state;
    refuse_each(&scripts, script);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_script_over_a_real_file_is_charged_and_released),
        cmocka_unit_test(each_change_of_size_is_charged_as_lua_counts_it),
        cmocka_unit_test(two_states_have_a_domain_each),
        cmocka_unit_test(a_script_that_runs_out_of_memory_can_be_followed_by_another),
        cmocka_unit_test(each_refusal_is_an_error_in_lua_and_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, adapter_begin, NULL);
}
