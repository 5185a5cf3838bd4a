/*
 * firmware/command.h: the subcommand report.
 */
#ifndef TMT_FIRMWARE_COMMAND_H
#define TMT_FIRMWARE_COMMAND_H

#include "cli/command.h"

extern const struct tmt_command tmt_report_command;

#endif
