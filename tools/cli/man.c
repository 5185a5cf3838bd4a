/*
 * cli/man.c: man pages from the table, in the man macros (man(7)).
 */
#include <ctype.h>
#include <string.h>

#include "cli/pages.h"

/* Text as roff takes it: '-' stays a hyphen that can be searched for and copied. */
static void add_escaped(struct tmi_text *text, const char *words, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        bool at_start = text->column == 0;

        if (at_start && (words[i] == '.' || words[i] == '\''))
            tmi_text_add(text, "\\&");
        if (words[i] == '\\')
            tmi_text_add(text, "\\e");
        else if (words[i] == '-')
            tmi_text_add(text, "\\-");
        else
            tmi_text_add_char(text, words[i]);
    }
}

static void add(struct tmi_text *text, const char *words)
{
    add_escaped(text, words, strlen(words));
}

static void add_paragraphs(struct tmi_text *text, const char *words)
{
    while (*words != '\0') {
        const char *end = strstr(words, "\n\n");
        size_t length = end != NULL ? (size_t)(end - words) : strlen(words);
        bool verbatim = strncmp(words, "  ", 2) == 0;

        tmi_text_add(text, verbatim ? ".PP\n.nf\n" : ".PP\n");
        add_escaped(text, words, length);
        tmi_text_add(text, verbatim ? "\n.fi\n" : "\n");
        words += length + (end != NULL ? 2 : 0);
    }
}

static void add_section(struct tmi_text *text, const char *name)
{
    tmi_text_add(text, ".SH ");
    tmi_text_add(text, name);
    tmi_text_add_char(text, '\n');
}

static void add_upper(struct tmi_text *text, const char *words)
{
    for (; *words != '\0'; words++)
        tmi_text_add_char(text, (char)toupper((unsigned char)*words));
}

/* trackmem-audit, or trackmem */
static void add_page_name(struct tmi_text *text, const struct tmt_program *program,
                          const struct tmt_command *command, bool upper)
{
    void (*add_name)(struct tmi_text *, const char *) = upper ? add_upper : add;

    add_name(text, program->name);
    if (command->name[0] != '\0') {
        tmi_text_add(text, upper ? "-" : "\\-");
        add_name(text, command->name);
    }
}

static void add_option(struct tmi_text *text, const struct tmt_option *option)
{
    tmi_text_add(text, ".TP\n\\fB");
    if (option->letter != 0) {
        tmi_text_add(text, "\\-");
        tmi_text_add_char(text, option->letter);
        tmi_text_add(text, "\\fR, \\fB");
    }
    tmi_text_add(text, "\\-\\-");
    add(text, option->name);
    tmi_text_add(text, "\\fR");
    if (option->value != NULL) {
        tmi_text_add(text, "=\\fI");
        add(text, option->value);
        tmi_text_add(text, "\\fR");
    }
    tmi_text_add_char(text, '\n');
    add(text, option->about);
    tmi_text_add_char(text, '\n');
}

static void add_commands(struct tmi_text *text, const struct tmt_program *program)
{
    add_section(text, "COMMANDS");
    for (size_t i = 0; i < program->command_count; i++) {
        tmi_text_add(text, ".TP\n.BR ");
        add_page_name(text, program, program->commands[i], false);
        tmi_text_add(text, " (1)\n");
        add(text, program->commands[i]->summary);
        tmi_text_add_char(text, '\n');
    }
}

static void add_examples(struct tmi_text *text, const struct tmt_command *command)
{
    if (command->examples == NULL)
        return;
    add_section(text, "EXAMPLES");
    for (const struct tmt_example *e = command->examples; e->line != NULL; e++) {
        tmi_text_add(text, ".TP\n\\fB");
        add(text, e->line);
        tmi_text_add(text, "\\fR\n");
        add(text, e->about);
        tmi_text_add_char(text, '\n');
    }
}

static void add_see_also(struct tmi_text *text, const struct tmt_program *program,
                         const struct tmt_command *command)
{
    add_section(text, "SEE ALSO");
    if (command != program->self) {
        tmi_text_add(text, ".BR ");
        add(text, program->name);
        tmi_text_add(text, " (1),\n");
    }
    tmi_text_add(text, ".BR ");
    add(text, program->name);
    tmi_text_add(text, " (7)\n");
}

void tmt_write_man_page(struct tmt_output *output, const struct tmt_program *program,
                        const struct tmt_command *command)
{
    struct tmi_text *text = &output->text;

    tmi_text_add(text, ".TH ");
    add_page_name(text, program, command, true);
    tmi_text_add(text, " 1 \"\" \"");
    add(text, program->name);
    tmi_text_add_char(text, ' ');
    add(text, program->version);
    tmi_text_add(text, "\" \"");
    add(text, program->name);
    tmi_text_add(text, "\"\n");
    add_section(text, "NAME");
    add_page_name(text, program, command, false);
    tmi_text_add(text, " \\- ");
    add(text, command->summary);
    tmi_text_add_char(text, '\n');
    add_section(text, "SYNOPSIS");
    tmi_text_add(text, "\\fB");
    add(text, program->name);
    tmi_text_add(text, command->name[0] != '\0' ? " " : "");
    add(text, command->name);
    tmi_text_add(text, "\\fR [\\fIOPTION\\fR...] \\fI");
    add(text, command->operands);
    tmi_text_add(text, "\\fR\n");
    add_section(text, "DESCRIPTION");
    add_paragraphs(text, command->description);
    if (command == program->self)
        add_commands(text, program);
    add_section(text, "OPTIONS");
    for (const struct tmt_option *o = command->options; o->name != NULL; o++)
        add_option(text, o);
    add_option(text, &tmt_help_option);
    add_section(text, "EXIT STATUS");
    tmi_text_add(text, "0 clean, 1 findings, 2 wrong usage or failure.\n");
    add_section(text, "ENVIRONMENT");
    tmi_text_add(text, ".TP\n\\fBNO_COLOR\\fR\nSet and not empty: no colours.\n");
    add_examples(text, command);
    add_see_also(text, program, command);
}
