/*
 * SQLite: a database in a file, filled, indexed, searched, opened again; refusals.
 */
#include "adapter.h"

#include <unistd.h>

#include <trackmem/adapters/sqlite.h>
#include <trackmem/domain.h>

static TRACKMEM_DEFINE_DOMAIN(database, "sqlite", NULL);
TRACKMEM_SQLITE_DEFINE(sqlite_memory_setup, &database);

static char path[] = "/tmp/trackmem-sqlite-XXXXXX";

static int begin(void **state)
{
    int file;
    if (adapter_begin(state) != 0 || sqlite_memory_setup() != TRACKMEM_OK)
        return -1;
    file = mkstemp(path);
    return file >= 0 && close(file) == 0 ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    return unlink(path);
}

static void run(sqlite3 *connection, const char *statement)
{
    assert_int_equal(sqlite3_exec(connection, statement, NULL, NULL, NULL), SQLITE_OK);
}

static int number(sqlite3 *connection, const char *query)
{
    sqlite3_stmt *statement;
    int result;
    assert_int_equal(sqlite3_prepare_v2(connection, query, -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    result = sqlite3_column_int(statement, 0);
    sqlite3_finalize(statement);
    return result;
}

static void a_database_is_filled_searched_and_opened_again(void **state)
{
    size_t size;
    char *text = contents_of(TEST_XML, &size), *rest = text, *line;
    sqlite3 *connection;
    sqlite3_stmt *insert;
    int lines = 0;
    (void)state;

    assert_int_equal(sqlite3_open(path, &connection), SQLITE_OK);
    run(connection, "CREATE TABLE lines(number INTEGER PRIMARY KEY, text TEXT)");
    run(connection, "CREATE INDEX by_text ON lines(text)");
    run(connection, "BEGIN");
    assert_int_equal(
        sqlite3_prepare_v2(connection, "INSERT INTO lines(text) VALUES(?)", -1, &insert, NULL),
        SQLITE_OK);
    for (line = strtok_r(text, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest)) {
        lines++;
        sqlite3_bind_text(insert, 1, line, -1, SQLITE_STATIC);
        assert_int_equal(sqlite3_step(insert), SQLITE_DONE);
        sqlite3_reset(insert);
    }
    sqlite3_finalize(insert);
    run(connection, "COMMIT");
    assert_int_equal(number(connection, "SELECT count(*) FROM lines"), lines);
    assert_true(live_bytes(&database) >= (uint64_t)sqlite3_memory_used());
    assert_int_equal(sqlite_memory_setup(), TRACKMEM_BUSY);
    assert_int_equal(sqlite3_close(connection), SQLITE_OK);

    assert_int_equal(sqlite3_open(path, &connection), SQLITE_OK);
    assert_int_equal(number(connection, "SELECT count(*) FROM (SELECT text FROM lines "
                                        "GROUP BY text HAVING count(*) > 1)") > 0,
                     1);
    assert_held(&database);
    assert_int_equal(sqlite3_close(connection), SQLITE_OK);
    assert_int_equal(sqlite3_shutdown(), SQLITE_OK);
    assert_released(&database);
    free(text);
}

static bool open_and_query(void)
{
    sqlite3 *connection = NULL;
    int result = sqlite3_open(":memory:", &connection);

    if (result == SQLITE_OK)
        result = sqlite3_exec(connection,
                              "CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT);"
                              "INSERT INTO t(b) VALUES('one'), ('two'), ('three');"
                              "SELECT group_concat(b || a, ',') FROM t ORDER BY b;",
                              NULL, NULL, NULL);
    if (result != SQLITE_OK)
        assert_int_equal(result, SQLITE_NOMEM);
    sqlite3_close(connection);
    sqlite3_shutdown();
    return result == SQLITE_OK;
}

static void each_refusal_is_an_error_of_sqlite_and_leaves_nothing(void **state)
{
    (void)state;
    refuse_each(&database, open_and_query);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_database_is_filled_searched_and_opened_again),
        cmocka_unit_test(each_refusal_is_an_error_of_sqlite_and_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
