/*
 * cli/pages.h: what is made from the table of subcommands besides the parser. All write to an
 * output; none allocates.
 */
#ifndef TMT_CLI_PAGES_H
#define TMT_CLI_PAGES_H

#include "cli/command.h"
#include "cli/terminal.h"

/* --help: of a subcommand, or of the program if command is program->self. */
void tmt_write_help(struct tmt_output *output, const struct tmt_program *program,
                    const struct tmt_command *command);

/* The man page, in roff's man macros. */
void tmt_write_man_page(struct tmt_output *output, const struct tmt_program *program,
                        const struct tmt_command *command);

/* The completion of a shell: bash, zsh or fish. */
void tmt_write_bash(struct tmt_output *output, const struct tmt_program *program);
void tmt_write_zsh(struct tmt_output *output, const struct tmt_program *program);
void tmt_write_fish(struct tmt_output *output, const struct tmt_program *program);

/* What a word for a value or an operand asks of completion. */
enum tmt_kind { TMT_KIND_NONE, TMT_KIND_FILE, TMT_KIND_COMMAND, TMT_KIND_CHOICE };
enum tmt_kind tmt_kind_of(const char *value);

#endif
