/*
 * loader.c: a file into the parser, piece by piece; and what is wrong with it, in one line. What
 * the elements mean is registry.c's.
 */
#define TRACKMEM_DOMAIN loader_domain
#include "loader.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "memory.h"
#include "registry.h"

#define PIECE_BYTES 65536

struct loader {
    XML_Parser parser;
    struct registry registry;
    char error[512];
};

struct loader *loader_create(struct database *database)
{
    struct loader *loader = memory_realloc(NULL, 1, sizeof *loader);
    if (!loader)
        return NULL;
    memset(loader, 0, sizeof *loader);
    loader->registry.database = database;
    loader->parser = XML_ParserCreate_MM(NULL, memory_for_expat(), NULL);
    if (!loader->parser) {
        memory_free(loader);
        return NULL;
    }
    return loader;
}

void loader_destroy(struct loader *loader)
{
    if (!loader)
        return;
    XML_ParserFree(loader->parser);
    registry_finish(&loader->registry);
    memory_free(loader);
}

const char *loader_error(const struct loader *loader)
{
    return loader->error;
}

/* What went wrong where: our own reason, if we stopped the parser, or else expat's. */
static bool fail_at(struct loader *loader, const char *path)
{
    const char *reason = loader->registry.error;
    if (!reason)
        reason = XML_ErrorString(XML_GetErrorCode(loader->parser));
    snprintf(loader->error, sizeof loader->error, "%s:%lu:%lu: %s", path,
             (unsigned long)XML_GetCurrentLineNumber(loader->parser),
             (unsigned long)XML_GetCurrentColumnNumber(loader->parser) + 1, reason);
    return false;
}

static bool parse(struct loader *loader, FILE *file, const char *path)
{
    size_t size = 0;
    do {
        void *piece = XML_GetBuffer(loader->parser, PIECE_BYTES);
        if (!piece)
            return fail_at(loader, path);
        size = fread(piece, 1, PIECE_BYTES, file);
        if (ferror(file)) {
            snprintf(loader->error, sizeof loader->error, "%s: %s", path, strerror(errno));
            return false;
        }
        if (XML_ParseBuffer(loader->parser, (int)size, size == 0) != XML_STATUS_OK)
            return fail_at(loader, path);
    } while (size > 0);
    return true;
}

static bool fail_in_database(struct loader *loader)
{
    snprintf(loader->error, sizeof loader->error, "the database: %s",
             database_error(loader->registry.database));
    return false;
}

bool loader_read(struct loader *loader, const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file) {
        snprintf(loader->error, sizeof loader->error, "%s: %s", path, strerror(errno));
        return false;
    }
    XML_ParserReset(loader->parser, NULL);
    registry_attach(&loader->registry, loader->parser);
    bool done = database_begin(loader->registry.database) || fail_in_database(loader);
    done = done && parse(loader, file, path);
    done = done && (database_commit(loader->registry.database) || fail_in_database(loader));
    fclose(file);
    return done;
}

bool loader_write_names(struct loader *loader)
{
    const struct strings *strings = &loader->registry.strings;
    struct database *database = loader->registry.database;
    bool done = database_begin(database);
    for (uint32_t id = 1; done && id <= strings->count; id++) {
        const struct cell cells[] = { { NULL, id }, { strings_text(strings, id), 0 } };
        done = database_insert(database, TABLE_NAME, cells);
    }
    return (done && database_commit(database)) || fail_in_database(loader);
}
