/*
 * tracked/memory.c: the domains of the demo, and who allocates in which. Of all files of the demo
 * only this one knows trackmem.
 */
#include "memory.h"

#include <inttypes.h>
#include <stdio.h>

#include <trackmem/adapters/expat.h>
#include <trackmem/adapters/lua.h>
#include <trackmem/adapters/sqlite.h>
#include <trackmem/domain.h>
#include <trackmem/observe.h>

#define STANDARD_OUTPUT 1
#define MIB             ((size_t)1024 * 1024)

/* The libraries, each on its own, and our code as a tree. */
static TRACKMEM_DEFINE_DOMAIN(sqlite_domain, "sqlite", NULL);
static TRACKMEM_DEFINE_DOMAIN(expat_domain, "expat", NULL);
static TRACKMEM_DEFINE_DOMAIN(lua_domain, "lua", NULL);
static TRACKMEM_DEFINE_DOMAIN(zstd_domain, "zstd", NULL);
TRACKMEM_DEFINE_DOMAIN(demo_domain, "demo", NULL);
TRACKMEM_DEFINE_DOMAIN(loader_domain, "loader", &demo_domain);
TRACKMEM_DEFINE_DOMAIN(strings_domain, "strings", &loader_domain);
TRACKMEM_DEFINE_DOMAIN(answers_domain, "answers", &demo_domain);
TRACKMEM_DEFINE_DOMAIN(archive_domain, "archive", &demo_domain);

TRACKMEM_EXPAT_DEFINE(expat_memory, &expat_domain);
TRACKMEM_SQLITE_DEFINE(sqlite_memory_setup, &sqlite_domain);

/* Lua gets less than its script would like; the others what they need, with some to spare. */
static bool set_budgets(void)
{
    return trackmem_domain_set_budget(NULL, 4 * MIB, 8 * MIB, NULL, NULL) == TRACKMEM_OK &&
           trackmem_domain_set_budget(&lua_domain, 0, MIB / 2, NULL, NULL) == TRACKMEM_OK &&
           trackmem_domain_set_budget(&zstd_domain, 0, 3 * MIB, NULL, NULL) == TRACKMEM_OK;
}

bool memory_start(bool budgets)
{
    return sqlite_memory_setup() == TRACKMEM_OK && (!budgets || set_budgets());
}

const XML_Memory_Handling_Suite *memory_for_expat(void)
{
    return &expat_memory;
}

lua_State *memory_for_lua(void)
{
    return lua_newstate(trackmem_lua_alloc, &lua_domain);
}

ZSTD_CCtx *memory_for_compression(void)
{
    return ZSTD_createCCtx_advanced(trackmem_zstd_memory(&zstd_domain));
}

ZSTD_DCtx *memory_for_decompression(void)
{
    return ZSTD_createDCtx_advanced(trackmem_zstd_memory(&zstd_domain));
}

bool memory_report(bool json)
{
    enum trackmem_format format = json ? TRACKMEM_FORMAT_JSON : TRACKMEM_FORMAT_TEXT;
    /* It writes to the descriptor: what stdio still holds has to come first. */
    return fflush(stdout) == 0 && trackmem_report(STANDARD_OUTPUT, format) == TRACKMEM_OK;
}

struct remainder {
    unsigned domains;
    uint64_t blocks;
};

static bool check_domain(struct trackmem_domain *domain, const char *path,
                         const struct trackmem_stats *alone,
                         const struct trackmem_stats *with_descendants, void *user)
{
    struct remainder *remainder = user;
    (void)domain;
    (void)with_descendants;
    if (alone->live_blocks > 0) {
        fprintf(stderr, "demo: %s still holds %" PRIu64 " blocks, %" PRIu64 " bytes\n",
                path[0] != '\0' ? path : "process", alone->live_blocks, alone->live_bytes);
        remainder->blocks += alone->live_blocks;
    }
    remainder->domains++;
    return true;
}

bool memory_finish(bool quiet)
{
    struct remainder remainder = { 0, 0 };
    trackmem_visit_domains(check_domain, &remainder);
    if (remainder.blocks == 0 && !quiet)
        printf("\nAll is freed: the %u domains are back to zero.\n", remainder.domains);
    return remainder.blocks == 0;
}
