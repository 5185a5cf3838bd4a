/*
 * libraries_trackmem.c: cJSON and libxml2, each in a domain of its own.
 */
#include "libraries.h"

#include <libxml/parser.h>
#include <sqlite3.h>
#include <trackmem/adapters/cjson.h>
#include <trackmem/adapters/libxml2.h>
#include <trackmem/domain.h>

static TRACKMEM_DEFINE_DOMAIN(json_domain, "cjson", NULL);
static TRACKMEM_DEFINE_DOMAIN(xml_domain, "libxml2", NULL);

TRACKMEM_CJSON_DEFINE(json_memory_setup, &json_domain);
TRACKMEM_LIBXML2_DEFINE(xml_memory_setup, &xml_domain);

bool libraries_start(void)
{
    if (json_memory_setup() != TRACKMEM_OK || xml_memory_setup() != TRACKMEM_OK)
        return false;
    xmlInitParser();
    return sqlite3_initialize() == SQLITE_OK;
}

void libraries_finish(void)
{
    xmlCleanupParser();
    sqlite3_shutdown();
}
