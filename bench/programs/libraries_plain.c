/*
 * libraries_plain.c: cJSON and libxml2 as they are.
 */
#include "libraries.h"

#include <libxml/parser.h>
#include <sqlite3.h>

bool libraries_start(void)
{
    xmlInitParser();
    return sqlite3_initialize() == SQLITE_OK;
}

void libraries_finish(void)
{
    xmlCleanupParser();
    sqlite3_shutdown();
}
