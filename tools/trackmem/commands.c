/*
 * trackmem/commands.c: the program, its subcommands, and the two that are about the others.
 */
#include "trackmem/commands.h"

#include <stdint.h>
#include <string.h>

#include "audit/audit.h"
#include "cli/pages.h"
#include "cli/parse.h"
#include "firmware/command.h"

const struct tmt_option tmt_no_options[] = { { 0 } };

static const struct tmt_option help_options[] = {
    { "man", 0, NULL,
      "Prints the man page's source instead: trackmem help --man audit | man -l -" },
    { 0 },
};

static enum tmt_exit run_help(const struct tmt_call *call)
{
    const struct tmt_command *command = call->program->self;
    struct tmt_output output;

    if (call->operand_count > 0)
        command = tmt_find_command(call->program, call->operands[0]);
    if (command == NULL)
        return TMT_FAILURE;
    tmt_output_init(&output, stdout);
    if (tmt_call_has(call, "man"))
        tmt_write_man_page(&output, call->program, command);
    else
        tmt_write_help(&output, call->program, command);
    return tmt_output_finish(&output) ? TMT_CLEAN : TMT_FAILURE;
}

static const struct tmt_command help_command = {
    .name = "help",
    .operands = "[COMMAND]",
    .most_operands = 1,
    .summary = "show the help or the man page of a command",
    .description =
        "Shows what 'trackmem COMMAND --help' shows; without a command, the list of all.",
    .options = help_options,
    .run = run_help,
};

static enum tmt_exit run_completion(const struct tmt_call *call)
{
    static const struct {
        const char *shell;
        void (*write)(struct tmt_output *, const struct tmt_program *);
    } writers[] = { { "bash", tmt_write_bash },
                    { "zsh", tmt_write_zsh },
                    { "fish", tmt_write_fish } };
    struct tmt_output output;

    tmt_output_init(&output, stdout);
    for (size_t i = 0; i < sizeof(writers) / sizeof(writers[0]); i++)
        if (strcmp(call->operands[0], writers[i].shell) == 0)
            writers[i].write(&output, call->program);
    return tmt_output_finish(&output) ? TMT_CLEAN : TMT_FAILURE;
}

static const struct tmt_example completion_examples[] = {
    { "source <(trackmem completion bash)", "Completes in this bash; 'make install' puts the "
                                            "scripts where the shells look for them." },
    { 0 },
};

static const struct tmt_command completion_command = {
    .name = "completion",
    .operands = "bash|zsh|fish",
    .least_operands = 1,
    .most_operands = 1,
    .summary = "print the completion script of a shell",
    .description = "Prints a script that lets the shell complete commands, options and files.",
    .options = tmt_no_options,
    .examples = completion_examples,
    .run = run_completion,
};

static const struct tmt_option self_options[] = {
    { "version", 'V', NULL, "Shows the version." },
    { 0 },
};

static const struct tmt_command self = {
    .name = "",
    .operands = "COMMAND ...",
    .most_operands = SIZE_MAX,
    .summary = "tools around the memory-allocation layer trackmem",
    .description = "The tools of trackmem: what runs outside a program that allocates by it.",
    .options = self_options,
};

static const struct tmt_command *const commands[] = {
    &tmt_audit_command,  &completion_command,  &help_command,
    &tmt_report_command, &tmt_symbols_command,
};

const struct tmt_program tmt_trackmem = {
    .name = "trackmem",
    .version = TMT_VERSION,
    .self = &self,
    .commands = commands,
    .command_count = sizeof(commands) / sizeof(commands[0]),
};
