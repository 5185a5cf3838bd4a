/*
 * cli/command.h: a subcommand of the command `trackmem`, as data.
 *
 * The parser, --help, the man pages and the completion of three shells are made from it; nothing
 * about a command is said a second time. The table of all stands in trackmem/commands.c.
 *
 * What an option or the operands take is told by the word that help shows for it:
 *   FILE, PATH...         completed as names of files
 *   COMMAND               completed as the names of the subcommands
 *   text|json|sarif       one of these; the parser refuses others and names the nearest
 *   anything else         not completed, not checked
 */
#ifndef TMT_CLI_COMMAND_H
#define TMT_CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

/* How each subcommand ends. */
enum tmt_exit {
    TMT_CLEAN = 0,    /* done; nothing found */
    TMT_FINDINGS = 1, /* done; found what it looks for */
    TMT_FAILURE = 2,  /* used wrongly, or something could not be read or written */
};

struct tmt_option {
    const char *name;  /* without its dashes; NULL ends a list */
    char letter;       /* its short form, or 0 */
    const char *value; /* what it takes; NULL: a switch */
    const char *about;
};

struct tmt_example {
    const char *line; /* as typed; NULL ends a list */
    const char *about;
};

struct tmt_call;

struct tmt_command {
    const char *name;     /* "" in the entry for the program itself */
    const char *operands; /* as the synopsis shows them, "" if it takes none */
    size_t least_operands, most_operands;
    const char *summary;     /* half a sentence, in lower case */
    const char *description; /* paragraphs apart by an empty line; lines that start with two
                                spaces stay as they are */
    const struct tmt_option *options;   /* without --help, which each has */
    const struct tmt_example *examples; /* or NULL */
    enum tmt_exit (*run)(const struct tmt_call *call);
};

struct tmt_program {
    const char *name;
    const char *version;
    const struct tmt_command *self; /* name "", operands "COMMAND ..." */
    const struct tmt_command *const *commands;
    size_t command_count;
};

struct tmt_given {
    const struct tmt_option *option;
    const char *value; /* NULL for a switch */
};

/* A command line, parsed. */
struct tmt_call {
    const struct tmt_program *program;
    const struct tmt_command *command;
    struct tmt_given *given; /* in the order given */
    size_t given_count;
    char **operands;
    size_t operand_count;
};

/* Whether an option was given, and the value of its last use (NULL: none). The name must exist. */
bool tmt_call_has(const struct tmt_call *call, const char *name);
const char *tmt_call_value(const struct tmt_call *call, const char *name);

/* The option that each subcommand has, and the synopsis's separator of choices. */
extern const struct tmt_option tmt_help_option;
#define TMT_CHOICE '|'

#endif
