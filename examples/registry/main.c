/*
 * main.c: the demo: a real, large file through expat into SQLite, some questions to it, a Lua
 * script over it whose listing zstd compresses, and then where the memory is. Built twice: with
 * trackmem, and plain to measure against.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "answers.h"
#include "archive.h"
#include "database.h"
#include "loader.h"
#include "memory.h"
#include "script.h"

#define DEFAULT_FILE "/usr/share/vulkan/registry/vk.xml"

enum { EXIT_CLEAN = 0, EXIT_FOUND = 1, EXIT_TROUBLE = 2 };

struct options {
    char *const *files;
    int file_count;
    long repeat;
    bool json;
    bool quiet;
    bool help;
};

static const char usage[] =
    "usage: registry [--json | --quiet] [--repeat N] [FILE...]\n"
    "\n"
    "Loads Vulkan registries by expat into an in-memory SQLite database, asks it some\n"
    "questions, has a Lua script list it within a budget, compresses the listing by zstd,\n"
    "and shows who holds the memory.\n"
    "\n"
    "  FILE        what to load; " DEFAULT_FILE " unless given\n"
    "  --json      write only the accounting, as JSON\n"
    "  --quiet     load and ask only, without budgets; write nothing: to measure\n"
    "  --repeat N  do it N times over, and show the last\n"
    "  --help      this\n"
    "\n"
    "Exit code: 0; 1 if memory was not given back; 2 for a usage error, or a file that\n"
    "cannot be read.\n";

static int trouble(const char *what, const char *detail)
{
    fprintf(stderr, "registry: %s%s\n", what, detail);
    return EXIT_TROUBLE;
}

/* Fills options; returns NULL, or the argument that is wrong. */
static const char *parse_options(int count, char **arguments, struct options *options)
{
    int at = 1;
    *options = (struct options){ .repeat = 1 };
    for (; at < count && arguments[at][0] == '-' && arguments[at][1] != '\0'; at++) {
        if (strcmp(arguments[at], "--json") == 0) {
            options->json = true;
        } else if (strcmp(arguments[at], "--quiet") == 0) {
            options->quiet = true;
        } else if (strcmp(arguments[at], "--help") == 0) {
            options->help = true;
        } else if (strcmp(arguments[at], "--repeat") == 0 && at + 1 < count) {
            char *stop = NULL;
            options->repeat = strtol(arguments[++at], &stop, 10);
            if (*stop != '\0' || options->repeat < 1)
                return arguments[at];
        } else if (strcmp(arguments[at], "--") == 0) {
            at++;
            break;
        } else {
            return arguments[at];
        }
    }
    options->files = arguments + at;
    options->file_count = count - at;
    return options->json && options->quiet ? "--quiet with --json" : NULL;
}

static int load(struct loader *loader, const struct options *options)
{
    static char default_file[] = DEFAULT_FILE;
    static char *const default_files[] = { default_file };
    char *const *files = options->file_count > 0 ? options->files : default_files;
    int file_count = options->file_count > 0 ? options->file_count : 1;
    for (int i = 0; i < file_count; i++) {
        if (loader_read(loader, files[i]))
            continue;
        bool missing = files == default_files && errno == ENOENT;
        trouble(loader_error(loader), missing ? "; install libvulkan-dev, or name a FILE" : "");
        return EXIT_TROUBLE;
    }
    if (!loader_write_names(loader))
        return trouble(loader_error(loader), "");
    return EXIT_CLEAN;
}

/* The listing: by Lua, within its budget, into zstd. */
static int list(struct database *database, struct script *script, struct archive *archive,
                bool print)
{
    if (!archive_open(archive))
        return trouble("the archive: ", "out of memory");
    if (!script_run(script, database, archive))
        return trouble("the script: ", script->words);
    if (!archive_end(archive) || !archive_check(archive))
        return trouble("the archive: ", "out of memory, or damaged");
    if (print)
        printf("  %-27s%s\n  %-27s%lld lines, %.1f KiB; by zstd %.1f KiB, read back whole\n",
               "The script", script->words, "Its listing", script->lines,
               (double)archive->text_bytes / 1024, (double)archive->size / 1024);
    return EXIT_CLEAN;
}

/* One round: everything is loaded, asked, shown while it is alive, and given back. */
static int round_trip(const struct options *options, bool show)
{
    struct database database = { .handle = NULL };
    struct answers answers = { .all = NULL };
    struct archive archive = { .compressor = NULL };
    struct script script = { .state = NULL };
    struct loader *loader = NULL;
    int result = EXIT_CLEAN;
    if (!database_open(&database))
        result = trouble("the database: ", database_error(&database));
    if (result == EXIT_CLEAN && !(loader = loader_create(&database)))
        result = trouble("out of memory", "");
    if (result == EXIT_CLEAN)
        result = load(loader, options);
    if (result == EXIT_CLEAN && !answers_ask(&answers, &database))
        result = trouble("the database: ", database_error(&database));
    if (result == EXIT_CLEAN && show) {
        if (!options->json)
            answers_print(&answers);
        result = list(&database, &script, &archive, !options->json);
        if (!options->json)
            putchar('\n');
        if (result == EXIT_CLEAN && !memory_report(options->json))
            result = trouble("cannot write the accounting", "");
    }
    script_finish(&script);
    archive_finish(&archive);
    answers_finish(&answers);
    loader_destroy(loader);
    database_close(&database);
    return result;
}

int main(int count, char **arguments)
{
    struct options options;
    const char *wrong = parse_options(count, arguments, &options);
    int result = EXIT_CLEAN;
    if (wrong) {
        fprintf(stderr, "registry: unknown or bad argument '%s'; see --help\n", wrong);
        return EXIT_TROUBLE;
    }
    if (options.help) {
        fputs(usage, stdout);
        return EXIT_CLEAN;
    }
    if (!memory_start(!options.quiet))
        return trouble("SQLite does not take its memory from us, or there are no budgets", "");
    for (long i = 1; i <= options.repeat && result == EXIT_CLEAN; i++)
        result = round_trip(&options, i == options.repeat && !options.quiet);
    sqlite3_shutdown();
    if (!memory_finish(options.quiet || options.json || result != EXIT_CLEAN) &&
        result == EXIT_CLEAN)
        result = EXIT_FOUND;
    return result;
}
