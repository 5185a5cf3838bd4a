/*
 * database.h: the in-memory SQLite database, its tables, and a statement to fill each of them.
 */
#ifndef DEMO_DATABASE_H
#define DEMO_DATABASE_H

#include <stdbool.h>
#include <stdint.h>

#include <sqlite3.h>

enum table {
    TABLE_NAME,
    TABLE_VENDOR,
    TABLE_TYPE,
    TABLE_EXTENDS,
    TABLE_FIELD,
    TABLE_COMMAND,
    TABLE_VALUE,
    TABLE_EXTENSION,
    TABLE_PROVIDES,
    TABLES
};

struct database {
    sqlite3 *handle;
    sqlite3_stmt *inserts[TABLES];
};

/* A value to insert: a text, or else a number, of which 0 is NULL. */
struct cell {
    const char *text;
    int64_t number;
};

/* False on failure; database_error() then says why. Close it in both cases. */
bool database_open(struct database *database);
void database_close(struct database *database);
const char *database_error(const struct database *database);

/* Inserts a row; cells are as many as the table has columns. */
bool database_insert(struct database *database, enum table table, const struct cell *cells);

/* One transaction around a whole load, without which SQLite would make one of each row. */
bool database_begin(struct database *database);
bool database_commit(struct database *database);

#endif
