/*
 * The demo under memory that runs out: a small Vulkan registry by expat into SQLite, questions to
 * it, a script over it, each allocation failed in turn, then each with all further ones. It must
 * say so or answer right, and give all back. Exit 0, or 1 with what was found on standard error.
 */
#include <stdio.h>
#include <string.h>

#include <trackmem/fail.h>
#include <trackmem/trackmem_test.h>

#include "answers.h"
#include "archive.h"
#include "database.h"
#include "loader.h"
#include "memory.h"
#include "script.h"

static uint64_t add(uint64_t digest, const void *bytes, size_t size)
{
    const unsigned char *at = bytes;
    for (size_t i = 0; i < size; i++)
        digest = (digest ^ at[i]) * 0x100000001b3u;
    return digest;
}

static uint64_t digest_of(const struct answers *answers)
{
    uint64_t digest = 0xcbf29ce484222325u;
    for (size_t i = 0; i < answers->count; i++) {
        const struct answer *answer = &answers->all[i];
        digest = add(digest, &answer->count, sizeof answer->count);
        for (size_t j = 0; j < answer->count; j++) {
            digest = add(digest, answer->labels[j], strlen(answer->labels[j]) + 1);
            digest = add(digest, &answer->figures[j], sizeof answer->figures[j]);
        }
    }
    return digest;
}

static uint64_t load_and_ask(void *file)
{
    struct database database = { .handle = NULL };
    struct answers answers = { .all = NULL };
    struct archive archive = { .compressor = NULL };
    struct script script = { .state = NULL };
    struct loader *loader = NULL;
    uint64_t digest = TRACKMEM_SWEEP_FAILED;
    if (database_open(&database) && (loader = loader_create(&database)) != NULL &&
        loader_read(loader, file) && loader_write_names(loader) &&
        answers_ask(&answers, &database) && archive_open(&archive) &&
        script_run(&script, &database, &archive) && archive_end(&archive) &&
        archive_check(&archive))
        digest = digest_of(&answers) ^ archive.text_digest;
    script_finish(&script);
    archive_finish(&archive);
    answers_finish(&answers);
    loader_destroy(loader);
    database_close(&database);
    sqlite3_shutdown();
    return digest;
}

int main(int count, char **arguments)
{
    struct trackmem_sweep sweep = { .name = "registry", .scenario = load_and_ask };
    struct trackmem_sweep_result result;
    if (count < 2 || !memory_start(true))
        return 2;
    sweep.user = arguments[1];
    for (int further = 0; further <= 1; further++) {
        sweep.all_further = further != 0;
        if (trackmem_sweep_run(&sweep, &result) != TRACKMEM_OK || result.findings != 0 ||
            !result.complete || result.points < 100)
            return 1;
    }
    puts("trackmem registry: ok");
    return 0;
}
