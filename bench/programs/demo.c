/*
 * demo.c: the demo's first half (examples/registry): vk.xml by expat into SQLite, and questions.
 */
#include "answers.h"
#include "database.h"
#include "loader.h"
#include "program.h"

static bool load_and_ask(char *file)
{
    struct database database = { .handle = NULL };
    struct answers answers = { .all = NULL };
    struct loader *loader = NULL;
    bool good = database_open(&database) && (loader = loader_create(&database)) != NULL &&
                loader_read(loader, file) && loader_write_names(loader) &&
                answers_ask(&answers, &database);
    answers_finish(&answers);
    loader_destroy(loader);
    database_close(&database);
    return good;
}

static bool run(const struct program_size *size)
{
    char whole[] = PROGRAM_XML;
    char small[] = PROGRAM_SMALL_XML;
    for (unsigned i = 0; i < size->rounds; i++)
        if (!load_and_ask(size->objects > 1 ? whole : small))
            return false;
    return true;
}

const struct program program_demo = {
    "demo",
    "examples/registry: vk.xml by expat into SQLite, and questions",
    run,
    { 2, 2 },
    { 1, 15 }
};
