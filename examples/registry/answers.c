/*
 * answers.c: what one might want to know of a registry. Each question gives labels and figures,
 * the first of which matter most.
 */
#define TRACKMEM_DOMAIN answers_domain
#include "answers.h"

#include <stdio.h>
#include <string.h>

#include "memory.h"

#define COLUMNS       100
#define TITLE_COLUMNS 27

static const struct {
    const char *title;
    const char *sql;
} questions[] = {
    { "In the database", "SELECT 'types', count(*) FROM type UNION ALL "
                         "SELECT 'fields', count(*) FROM field UNION ALL "
                         "SELECT 'commands', count(*) FROM command UNION ALL "
                         "SELECT 'values', count(*) FROM value UNION ALL "
                         "SELECT 'extensions', count(*) FROM extension" },
    { "Most passed to commands",
      "SELECT name.text, count(*) AS uses FROM field "
      "JOIN command ON command.id = field.owner JOIN name ON name.id = field.type "
      "GROUP BY field.type ORDER BY uses DESC, name.text LIMIT 12" },
    { "Most parameters",
      "SELECT name.text, count(*) AS parameters FROM field "
      "JOIN command ON command.id = field.owner JOIN name ON name.id = field.owner "
      "GROUP BY field.owner ORDER BY parameters DESC, name.text LIMIT 12" },
    { "Most extended structures",
      "SELECT name.text, count(*) AS extensions FROM extends JOIN name ON name.id = base "
      "GROUP BY base ORDER BY extensions DESC, name.text LIMIT 12" },
    { "Vendors by new commands",
      "SELECT vendor.author, count(DISTINCT item) AS commands FROM provides "
      "JOIN extension ON extension.id = provides.extension "
      "JOIN vendor ON vendor.tag = extension.vendor "
      "WHERE provides.kind = 'command' "
      "GROUP BY vendor.tag ORDER BY commands DESC, vendor.author LIMIT 12" },
    { "Deepest nested structures", /* by value; pointers do not count */
      "WITH RECURSIVE nested(outermost, inner, depth) AS ("
      "SELECT id, id, 1 FROM type UNION "
      "SELECT outermost, field.type, depth + 1 FROM nested JOIN field ON field.owner = inner "
      "JOIN type ON type.id = field.type "
      "WHERE field.pointers IS NULL AND depth < 20) "
      "SELECT name.text, max(depth) AS depths FROM nested JOIN name ON name.id = outermost "
      "GROUP BY outermost ORDER BY depths DESC, name.text LIMIT 12" },
    { "Longest enumerations",
      "SELECT name.text, count(*) AS entries FROM value JOIN name ON name.id = enumeration "
      "WHERE name.text <> 'API Constants' "
      "GROUP BY enumeration ORDER BY entries DESC, name.text LIMIT 12" },
};

#define QUESTIONS (sizeof questions / sizeof *questions)

/* Adds a row to an answer; false when there is no memory. */
static bool keep(struct answer *answer, const char *label, long long figure)
{
    char **labels = memory_realloc(answer->labels, answer->count + 1, sizeof *labels);
    if (!labels)
        return false;
    answer->labels = labels;
    long long *figures = memory_realloc(answer->figures, answer->count + 1, sizeof *figures);
    if (!figures)
        return false;
    answer->figures = figures;
    labels[answer->count] = memory_strndup(label, strlen(label));
    if (!labels[answer->count])
        return false;
    figures[answer->count++] = figure;
    return true;
}

static bool ask(struct answer *answer, struct database *database, const char *sql)
{
    sqlite3_stmt *query = NULL;
    bool kept = true;
    int result = sqlite3_prepare_v2(database->handle, sql, -1, &query, NULL);
    while (result == SQLITE_OK || result == SQLITE_ROW) {
        result = sqlite3_step(query);
        if (result != SQLITE_ROW)
            break;
        const char *label = (const char *)sqlite3_column_text(query, 0);
        kept = keep(answer, label ? label : "", sqlite3_column_int64(query, 1));
        if (!kept)
            break;
    }
    sqlite3_finalize(query);
    return kept && result == SQLITE_DONE;
}

bool answers_ask(struct answers *answers, struct database *database)
{
    answers->all = memory_realloc(NULL, QUESTIONS, sizeof *answers->all);
    if (!answers->all)
        return false;
    memset(answers->all, 0, QUESTIONS * sizeof *answers->all);
    answers->count = QUESTIONS;
    for (size_t i = 0; i < QUESTIONS; i++) {
        answers->all[i].title = questions[i].title;
        if (!ask(&answers->all[i], database, questions[i].sql))
            return false;
    }
    return true;
}

void answers_print(const struct answers *answers)
{
    for (size_t i = 0; i < answers->count; i++) {
        const struct answer *answer = &answers->all[i];
        int column = printf("  %-*s", TITLE_COLUMNS, answer->title);
        for (size_t j = 0; j < answer->count; j++) {
            char entry[COLUMNS];
            int length = snprintf(entry, sizeof entry, "%s%lld %s", j > 0 ? ", " : "",
                                  answer->figures[j], answer->labels[j]);
            if (column + length > COLUMNS)
                break;
            fputs(entry, stdout);
            column += length;
        }
        putchar('\n');
    }
}

void answers_finish(struct answers *answers)
{
    for (size_t i = 0; i < answers->count; i++) {
        for (size_t j = 0; j < answers->all[i].count; j++)
            memory_free(answers->all[i].labels[j]);
        memory_free(answers->all[i].labels);
        memory_free(answers->all[i].figures);
    }
    memory_free(answers->all);
    *answers = (struct answers){ .all = NULL };
}
