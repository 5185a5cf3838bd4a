/*
 * script.h: a Lua script over the database, which writes into an archive.
 */
#ifndef DEMO_SCRIPT_H
#define DEMO_SCRIPT_H

#include <stdbool.h>

#include "archive.h"
#include "database.h"

struct lua_State;

struct script {
    struct lua_State *state;
    struct database *database;
    struct archive *archive;
    char words[160]; /* what it says about its way; or why it failed */
    long long lines; /* that it wrote */
};

/* Runs listing.lua; false if it failed, and words say why. Finish it in both cases. */
bool script_run(struct script *script, struct database *database, struct archive *archive);
void script_finish(struct script *script);

#endif
