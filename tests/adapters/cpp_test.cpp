/*
 * Every adapter in C++, of the libraries that are there: what the macros define compiles and works.
 */
/* cmocka.h does not say extern "C" itself; the standard headers it needs must stand outside. */
#include <csetjmp>
#include <cstdarg>
#include <cstddef>

#include <cstdint>
#include <cstdlib>

extern "C" {
#include "../unit/unit.h"
}

#include <trackmem/domain.h>

namespace
{

TRACKMEM_DEFINE_DOMAIN(domain, "c++", nullptr);

std::uint64_t live()
{
    trackmem_stats stats;
    assert_int_equal(trackmem_domain_stats(&domain, true, &stats), TRACKMEM_OK);
    return stats.live_blocks;
}

} // namespace

#ifdef WITH_CJSON
#include <trackmem/adapters/cjson.h>
TRACKMEM_CJSON_DEFINE(cjson_setup, &domain);
static void cjson_in_cpp(void **)
{
    assert_int_equal(cjson_setup(), TRACKMEM_OK);
    cJSON *document = cJSON_Parse("[1]");
    assert_true(live() > 0);
    cJSON_Delete(document);
    assert_int_equal(live(), 0);
}
#endif

#ifdef WITH_CURL
#include <trackmem/adapters/curl.h>
TRACKMEM_CURL_DEFINE(curl_start, &domain);
static void curl_in_cpp(void **)
{
    assert_int_equal(curl_start(CURL_GLOBAL_NOTHING), TRACKMEM_OK);
    curl_slist *list = curl_slist_append(nullptr, "text");
    assert_true(live() > 0);
    curl_slist_free_all(list);
    curl_global_cleanup();
    assert_int_equal(live(), 0);
}
#endif

#ifdef WITH_EXPAT
#include <trackmem/adapters/expat.h>
TRACKMEM_EXPAT_DEFINE(expat_memory, &domain);
static void expat_in_cpp(void **)
{
    XML_Parser parser = XML_ParserCreate_MM(nullptr, &expat_memory, nullptr);
    assert_true(live() > 0);
    XML_ParserFree(parser);
    assert_int_equal(live(), 0);
}
#endif

#ifdef WITH_FREETYPE
#include <trackmem/adapters/freetype.h>
static void freetype_in_cpp(void **)
{
    FT_MemoryRec_ memory = trackmem_freetype_memory(&domain);
    FT_Library library;
    assert_int_equal(FT_New_Library(&memory, &library), 0);
    FT_Add_Default_Modules(library);
    assert_true(live() > 0);
    FT_Done_Library(library);
    assert_int_equal(live(), 0);
}
#endif

#ifdef WITH_GMP
#include <trackmem/adapters/gmp.h>
static void out_of_numbers(size_t)
{
    std::abort();
}
TRACKMEM_GMP_DEFINE(gmp_setup, &domain, out_of_numbers);
static void gmp_in_cpp(void **)
{
    mpz_t number;
    assert_int_equal(gmp_setup(), TRACKMEM_OK);
    mpz_init(number);
    mpz_fac_ui(number, 1000);
    assert_true(live() > 0);
    mpz_clear(number);
    assert_int_equal(live(), 0);
}
#endif

#ifdef WITH_JANSSON
#include <trackmem/adapters/jansson.h>
TRACKMEM_JANSSON_DEFINE(jansson_setup, &domain);
static void jansson_in_cpp(void **)
{
    assert_int_equal(jansson_setup(), TRACKMEM_OK);
    json_t *document = json_array();
    assert_true(live() > 0);
    json_decref(document);
    assert_int_equal(live(), 0);
}
#endif

#ifdef WITH_LIBUV
#include <trackmem/adapters/libuv.h>
TRACKMEM_LIBUV_DEFINE(uv_setup, &domain);
static void libuv_in_cpp(void **)
{
    uv_loop_t loop;
    assert_int_equal(uv_setup(), TRACKMEM_OK);
    assert_int_equal(uv_loop_init(&loop), 0);
    assert_true(live() > 0);
    assert_int_equal(uv_loop_close(&loop), 0);
    uv_library_shutdown();
    assert_int_equal(live(), 0);
}
#endif

#ifdef WITH_LIBXML2
#include <trackmem/adapters/libxml2.h>

#include <libxml/parser.h>
TRACKMEM_LIBXML2_DEFINE(libxml2_setup, &domain);
static void libxml2_in_cpp(void **)
{
    assert_int_equal(libxml2_setup(), TRACKMEM_OK);
    xmlDocPtr document = xmlReadMemory("<a/>", 4, "a", nullptr, 0);
    assert_true(live() > 0);
    xmlFreeDoc(document);
    xmlCleanupParser();
    assert_int_equal(live(), 0);
}
#endif

#ifdef WITH_LUA
#include <trackmem/adapters/lua.h>
static void lua_in_cpp(void **)
{
    lua_State *state = lua_newstate(trackmem_lua_alloc, &domain);
    assert_true(live() > 0);
    lua_close(state);
    assert_int_equal(live(), 0);
}
#endif

#ifdef WITH_PCRE2
#include <trackmem/adapters/pcre2.h>
static void pcre2_in_cpp(void **)
{
    pcre2_general_context *context = trackmem_pcre2_context(&domain);
    assert_true(live() > 0);
    pcre2_general_context_free(context);
    assert_int_equal(live(), 0);
}
#endif

#ifdef WITH_SDL2
#include <trackmem/adapters/sdl2.h>
TRACKMEM_SDL2_DEFINE(sdl_setup, &domain);
static void sdl2_in_cpp(void **)
{
    assert_int_equal(sdl_setup(), TRACKMEM_OK);
    char *text = SDL_strdup("text");
    assert_true(live() > 0);
    SDL_free(text);
    assert_int_equal(live(), 0);
}
#endif

#ifdef WITH_SQLITE
#include <trackmem/adapters/sqlite.h>
TRACKMEM_SQLITE_DEFINE(sqlite_setup, &domain);
static void sqlite_in_cpp(void **)
{
    sqlite3 *connection;
    assert_int_equal(sqlite_setup(), TRACKMEM_OK);
    assert_int_equal(sqlite3_open(":memory:", &connection), SQLITE_OK);
    assert_true(live() > 0);
    sqlite3_close(connection);
    sqlite3_shutdown();
    assert_int_equal(live(), 0);
}
#endif

#ifdef WITH_ZLIB
#include <trackmem/adapters/zlib.h>
static void zlib_in_cpp(void **)
{
    z_stream stream;
    trackmem_zlib_bind(&stream, &domain);
    assert_int_equal(inflateInit(&stream), Z_OK);
    assert_true(live() > 0);
    inflateEnd(&stream);
    assert_int_equal(live(), 0);
}
#endif

#ifdef WITH_ZSTD
#include <trackmem/adapters/zstd.h>
static void zstd_in_cpp(void **)
{
    ZSTD_CCtx *compressor = ZSTD_createCCtx_advanced(trackmem_zstd_memory(&domain));
    assert_true(live() > 0);
    ZSTD_freeCCtx(compressor);
    assert_int_equal(live(), 0);
}
#endif

static void the_domain_is_one_of_this_process(void **)
{
    assert_int_equal(live(), 0);
}

int main()
{
    const CMUnitTest tests[] = {
        cmocka_unit_test(the_domain_is_one_of_this_process),
#ifdef WITH_CJSON
        cmocka_unit_test(cjson_in_cpp),
#endif
#ifdef WITH_CURL
        cmocka_unit_test(curl_in_cpp),
#endif
#ifdef WITH_EXPAT
        cmocka_unit_test(expat_in_cpp),
#endif
#ifdef WITH_FREETYPE
        cmocka_unit_test(freetype_in_cpp),
#endif
#ifdef WITH_GMP
        cmocka_unit_test(gmp_in_cpp),
#endif
#ifdef WITH_JANSSON
        cmocka_unit_test(jansson_in_cpp),
#endif
#ifdef WITH_LIBUV
        cmocka_unit_test(libuv_in_cpp),
#endif
#ifdef WITH_LIBXML2
        cmocka_unit_test(libxml2_in_cpp),
#endif
#ifdef WITH_LUA
        cmocka_unit_test(lua_in_cpp),
#endif
#ifdef WITH_PCRE2
        cmocka_unit_test(pcre2_in_cpp),
#endif
#ifdef WITH_SDL2
        cmocka_unit_test(sdl2_in_cpp),
#endif
#ifdef WITH_SQLITE
        cmocka_unit_test(sqlite_in_cpp),
#endif
#ifdef WITH_ZLIB
        cmocka_unit_test(zlib_in_cpp),
#endif
#ifdef WITH_ZSTD
        cmocka_unit_test(zstd_in_cpp),
#endif
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
