/*
 * database.c: the schema and the statements that fill it. All memory here is SQLite's.
 */
#include "database.h"

#include <stddef.h>

static const struct {
    const char *schema;
    const char *insert;
    int columns;
} tables[TABLES] = {
    [TABLE_NAME] = { "CREATE TABLE name(id INTEGER PRIMARY KEY, text TEXT NOT NULL)",
                     "INSERT OR IGNORE INTO name VALUES(?, ?)", 2 },
    [TABLE_VENDOR] = { "CREATE TABLE vendor(tag TEXT PRIMARY KEY, author TEXT) WITHOUT ROWID",
                       "INSERT OR REPLACE INTO vendor VALUES(?, ?)", 2 },
    [TABLE_TYPE] = { "CREATE TABLE type(id INTEGER PRIMARY KEY, category INTEGER, alias INTEGER,"
                     " comment TEXT)",
                     "INSERT OR REPLACE INTO type VALUES(?, ?, ?, ?)", 4 },
    [TABLE_EXTENDS] = { "CREATE TABLE extends(type INTEGER, base INTEGER,"
                        " PRIMARY KEY(base, type)) WITHOUT ROWID",
                        "INSERT OR IGNORE INTO extends VALUES(?, ?)", 2 },
    /* What a structure or a command has: members, parameters. */
    [TABLE_FIELD] = { "CREATE TABLE field(owner INTEGER, position INTEGER, name INTEGER,"
                      " type INTEGER, pointers INTEGER, length TEXT,"
                      " PRIMARY KEY(owner, position)) WITHOUT ROWID",
                      "INSERT OR REPLACE INTO field VALUES(?, ?, ?, ?, ?, ?)", 6 },
    [TABLE_COMMAND] = { "CREATE TABLE command(id INTEGER PRIMARY KEY, result INTEGER,"
                        " alias INTEGER, comment TEXT)",
                        "INSERT OR REPLACE INTO command VALUES(?, ?, ?, ?)", 4 },
    [TABLE_VALUE] = { "CREATE TABLE value(id INTEGER PRIMARY KEY, enumeration INTEGER,"
                      " value TEXT, extension INTEGER, comment TEXT)",
                      "INSERT OR REPLACE INTO value VALUES(?, ?, ?, ?, ?)", 5 },
    [TABLE_EXTENSION] = { "CREATE TABLE extension(id INTEGER PRIMARY KEY, kind TEXT, vendor TEXT,"
                          " platform TEXT, promoted INTEGER)",
                          "INSERT OR REPLACE INTO extension VALUES(?, ?, ?, ?, ?)", 5 },
    [TABLE_PROVIDES] = { "CREATE TABLE provides(extension INTEGER, item INTEGER, kind TEXT,"
                         " PRIMARY KEY(extension, item)) WITHOUT ROWID",
                         "INSERT OR IGNORE INTO provides VALUES(?, ?, ?)", 3 },
};

static const char *const indexes = "CREATE INDEX field_type ON field(type);"
                                   "CREATE INDEX provides_item ON provides(item);"
                                   "CREATE INDEX value_enumeration ON value(enumeration)";

static bool run(struct database *database, const char *sql)
{
    return sqlite3_exec(database->handle, sql, NULL, NULL, NULL) == SQLITE_OK;
}

bool database_open(struct database *database)
{
    *database = (struct database){ .handle = NULL };
    if (sqlite3_open(":memory:", &database->handle) != SQLITE_OK)
        return false;
    for (int i = 0; i < TABLES; i++) {
        if (!run(database, tables[i].schema) ||
            sqlite3_prepare_v2(database->handle, tables[i].insert, -1, &database->inserts[i],
                               NULL) != SQLITE_OK)
            return false;
    }
    return run(database, indexes);
}

void database_close(struct database *database)
{
    for (int i = 0; i < TABLES; i++)
        sqlite3_finalize(database->inserts[i]);
    sqlite3_close(database->handle);
    *database = (struct database){ .handle = NULL };
}

const char *database_error(const struct database *database)
{
    return database->handle ? sqlite3_errmsg(database->handle) : "out of memory";
}

bool database_insert(struct database *database, enum table table, const struct cell *cells)
{
    sqlite3_stmt *insert = database->inserts[table];
    for (int i = 0; i < tables[table].columns; i++) {
        int result = SQLITE_OK;
        if (cells[i].text) /* read before the row is done: no copy is needed */
            result = sqlite3_bind_text(insert, i + 1, cells[i].text, -1, SQLITE_STATIC);
        else if (cells[i].number != 0)
            result = sqlite3_bind_int64(insert, i + 1, cells[i].number);
        else
            result = sqlite3_bind_null(insert, i + 1);
        if (result != SQLITE_OK)
            return false;
    }
    bool done = sqlite3_step(insert) == SQLITE_DONE;
    return sqlite3_reset(insert) == SQLITE_OK && done;
}

bool database_begin(struct database *database)
{
    return run(database, "BEGIN");
}

bool database_commit(struct database *database)
{
    return run(database, "COMMIT");
}
