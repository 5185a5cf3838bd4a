/*
 * trackmem/main.c: finds the subcommand, parses its line, runs it. Nothing here knows one by name.
 */
#include <stdio.h>

#include "cli/complain.h"
#include "cli/pages.h"
#include "cli/parse.h"
#include "trackmem/commands.h"

static enum tmt_exit show_help(const struct tmt_call *call)
{
    struct tmt_output output;

    tmt_output_init(&output, stdout);
    tmt_write_help(&output, call->program, call->command);
    return tmt_output_finish(&output) ? TMT_CLEAN : TMT_FAILURE;
}

static enum tmt_exit show_version(void)
{
    struct tmt_output output;

    tmt_output_init(&output, stdout);
    tmi_text_add(&output.text, tmt_trackmem.name);
    tmi_text_add_char(&output.text, ' ');
    tmi_text_add(&output.text, tmt_trackmem.version);
    tmi_text_add_char(&output.text, '\n');
    return tmt_output_finish(&output) ? TMT_CLEAN : TMT_FAILURE;
}

/* argv[0] is the subcommand's name. */
static enum tmt_exit run(const struct tmt_command *command, int argc, char **argv)
{
    struct tmt_call call;
    enum tmt_exit end = TMT_FAILURE;

    tmt_complain_as(tmt_trackmem.name, command->name);
    if (tmt_parse(&call, &tmt_trackmem, command, argc, argv))
        end = tmt_call_has(&call, tmt_help_option.name) ? show_help(&call) : command->run(&call);
    tmt_call_finish(&call);
    return end;
}

int main(int argc, char **argv)
{
    struct tmt_call call;
    enum tmt_exit end = TMT_FAILURE;

    tmt_complain_as(tmt_trackmem.name, "");
    if (tmt_parse(&call, &tmt_trackmem, tmt_trackmem.self, argc, argv)) {
        if (tmt_call_has(&call, tmt_help_option.name)) {
            end = show_help(&call);
        } else if (tmt_call_has(&call, "version")) {
            end = show_version();
        } else if (call.operand_count == 0) {
            tmt_complain("no command given; '%s --help' lists them", tmt_trackmem.name);
        } else {
            const struct tmt_command *command = tmt_find_command(&tmt_trackmem, call.operands[0]);

            if (command != NULL)
                end = run(command, (int)call.operand_count, call.operands);
        }
    }
    tmt_call_finish(&call);
    return (int)end;
}
