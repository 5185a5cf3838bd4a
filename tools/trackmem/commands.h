/*
 * trackmem/commands.h: the table of subcommands. To add one: its folder has a `const struct
 * tmt_command`, which is declared and listed in commands.c; its files and its name stand in
 * tools/meson.build. The parser, help, man page and completion follow.
 */
#ifndef TMT_TRACKMEM_COMMANDS_H
#define TMT_TRACKMEM_COMMANDS_H

#include "cli/command.h"

extern const struct tmt_program tmt_trackmem;

extern const struct tmt_option tmt_no_options[];

/* The subcommands that stand in this folder. */
extern const struct tmt_command tmt_symbols_command;

#endif
