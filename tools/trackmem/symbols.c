/*
 * trackmem/symbols.c: the subcommand symbols: a report to stdout, by symbol/filter.h.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/complain.h"
#include "cli/terminal.h"
#include "symbol/filter.h"
#include "trackmem/commands.h"

/* All of it, ended by NUL; NULL: it could not be read. */
static char *read_all(FILE *file)
{
    size_t room = 65536;
    size_t length = 0;
    char *text = malloc(room); /* raw: a tool's own memory */

    while (text != NULL) {
        size_t got = fread(text + length, 1, room - length - 1, file);
        char *larger;

        length += got;
        if (got == 0)
            break;
        if (room - length > 1)
            continue;
        room *= 2;
        larger = realloc(text, room); /* raw: a tool's own memory */
        if (larger == NULL)
            free(text); /* raw: a tool's own memory */
        text = larger;
    }
    if (text == NULL || ferror(file)) {
        free(text); /* raw: a tool's own memory */
        return NULL;
    }
    text[length] = '\0';
    return text;
}

static void say_lack(const char *path, const char *why)
{
    tmt_complain("no symbols of '%s': %s", path, why);
}

static enum tmt_exit run_symbols(const struct tmt_call *call)
{
    const char *named = call->operand_count > 0 ? call->operands[0] : "-";
    const char *path = strcmp(named, "-") != 0 ? named : NULL;
    FILE *file = path != NULL ? fopen(path, "r") : stdin;
    char *text = file != NULL ? read_all(file) : NULL;
    struct tmt_output output;

    if (text == NULL)
        tmt_complain(path != NULL ? "cannot read '%s': %s" : "standard input cannot be read", path,
                     strerror(errno));
    if (path != NULL && file != NULL)
        (void)fclose(file);
    if (text == NULL)
        return TMT_FAILURE;
    tmt_output_init(&output, stdout);
    tmt_filter(text, &output.text, say_lack);
    free(text); /* raw: a tool's own memory */
    return tmt_output_finish(&output) ? TMT_CLEAN : TMT_FAILURE;
}

static const struct tmt_example symbols_examples[] = {
    { "trackmem symbols report.txt", "Shows a report with functions, lines and inlined calls." },
    { "echo /usr/bin/demo+0x1a2b | trackmem symbols", "Looks up one return address." },
    { 0 },
};

const struct tmt_command tmt_symbols_command = {
    .name = "symbols",
    .operands = "[FILE]",
    .most_operands = 1,
    .summary = "put functions and lines into a report's stacks",
    .description =
        "Copies a text report from FILE, or from standard input ('-', or no FILE), to standard "
        "output, with each module and address in it replaced by the function, the file and the "
        "line, and the "
        "functions it was inlined into. Debug information comes from the file itself, or by its "
        "build-id or debug link from "
        "/usr/lib/debug. A file that was built anew since is told by its build-id, and not used; "
        "where the report says 'no build-id', that cannot be told. With the option "
        "symbols=helper a program runs this for its own reports.",
    .options = tmt_no_options,
    .examples = symbols_examples,
    .run = run_symbols,
};
