/*
 * cli/parse.h: a command line against the table, by getopt_long.
 */
#ifndef TMT_CLI_PARSE_H
#define TMT_CLI_PARSE_H

#include "cli/command.h"

/*
 * Parses arguments (argc words, the first of which is skipped) as command's. For the program itself
 * it stops at the first operand, the name of the subcommand. Returns whether all was right; if not,
 * it has complained. The call's memory is released by tmt_call_finish in either case.
 */
bool tmt_parse(struct tmt_call *call, const struct tmt_program *program,
               const struct tmt_command *command, int argc, char **argv);
void tmt_call_finish(struct tmt_call *call);

/* The subcommand of that name; NULL, and it has complained, if there is none. */
const struct tmt_command *tmt_find_command(const struct tmt_program *program, const char *name);

#endif
