/*
 * audit/audit.h: the subcommand `audit`.
 */
#ifndef TMT_AUDIT_AUDIT_H
#define TMT_AUDIT_AUDIT_H

#include "cli/command.h"

extern const struct tmt_command tmt_audit_command;

#endif
