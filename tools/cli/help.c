/*
 * cli/help.c: --help, filled to the width of the terminal (at most 100 columns).
 */
#include <string.h>

#include "cli/pages.h"
#include "cli/words.h"

#define MOST_COLUMNS 100

/* Adds words, broken before `width` columns, each further line indented. */
static void add_filled(struct tmi_text *text, const char *words, size_t indent, size_t width)
{
    bool first = true;

    while (*words != '\0') {
        size_t length = strcspn(words, " \n");

        if (length != 0) {
            if (!first && text->column + 1 + length > width) {
                tmi_text_add_char(text, '\n');
                tmi_text_pad_to(text, indent);
            } else if (!first) {
                tmi_text_add_char(text, ' ');
            }
            tmi_text_add_bytes(text, words, length);
            first = false;
        }
        words += length + (words[length] != '\0');
    }
    tmi_text_add_char(text, '\n');
}

/* Paragraphs apart by an empty line; those whose lines begin with two spaces stay as they are. */
static void add_paragraphs(struct tmi_text *text, const char *words, size_t width)
{
    char paragraph[2048];

    while (*words != '\0') {
        const char *end = strstr(words, "\n\n");
        size_t length = end != NULL ? (size_t)(end - words) : strlen(words);
        struct tmi_text part;

        tmi_text_init(&part, paragraph, sizeof(paragraph));
        tmi_text_add_bytes(&part, words, length);
        if (strncmp(words, "  ", 2) == 0) {
            tmi_text_add(text, paragraph);
            tmi_text_add_char(text, '\n');
        } else {
            add_filled(text, paragraph, 0, width);
        }
        tmi_text_add_char(text, '\n');
        words += length + (end != NULL ? 2 : 0);
    }
}

static void add_headline(struct tmt_output *output, const char *headline)
{
    tmt_output_style(output, TMT_BOLD);
    tmi_text_add(&output->text, headline);
    tmt_output_style(output, TMT_PLAIN);
    tmi_text_add_char(&output->text, '\n');
}

/* "  -j, --json=FILE" */
static void add_option_name(struct tmi_text *text, const struct tmt_option *option)
{
    tmi_text_add(text, option->letter != 0 ? "  -" : "      ");
    if (option->letter != 0) {
        tmi_text_add_char(text, option->letter);
        tmi_text_add(text, ", ");
    }
    tmi_text_add(text, "--");
    tmi_text_add(text, option->name);
    if (option->value != NULL) {
        tmi_text_add_char(text, '=');
        tmi_text_add(text, option->value);
    }
}

static size_t option_columns(const struct tmt_option *option)
{
    return strlen("  -x, --") + strlen(option->name) +
           (option->value != NULL ? 1 + strlen(option->value) : 0);
}

static void add_option(struct tmi_text *text, const struct tmt_option *option, size_t indent,
                       size_t width)
{
    add_option_name(text, option);
    if (text->column + 2 > indent)
        tmi_text_add_char(text, '\n');
    tmi_text_pad_to(text, indent);
    add_filled(text, option->about, indent, width);
}

static void add_options(struct tmt_output *output, const struct tmt_command *command, size_t width)
{
    size_t indent = option_columns(&tmt_help_option) + 2;

    for (const struct tmt_option *o = command->options; o->name != NULL; o++)
        if (option_columns(o) + 2 > indent && option_columns(o) + 2 <= 30)
            indent = option_columns(o) + 2;
    add_headline(output, "Options");
    for (const struct tmt_option *o = command->options; o->name != NULL; o++)
        add_option(&output->text, o, indent, width);
    add_option(&output->text, &tmt_help_option, indent, width);
}

static void add_examples(struct tmt_output *output, const struct tmt_command *command, size_t width)
{
    if (command->examples == NULL)
        return;
    tmi_text_add_char(&output->text, '\n');
    add_headline(output, "Examples");
    for (const struct tmt_example *e = command->examples; e->line != NULL; e++) {
        tmi_text_add(&output->text, "  ");
        tmi_text_add(&output->text, e->line);
        tmi_text_add(&output->text, "\n      ");
        add_filled(&output->text, e->about, 6, width);
    }
}

void tmt_write_help(struct tmt_output *output, const struct tmt_program *program,
                    const struct tmt_command *command)
{
    struct tmi_text *text = &output->text;
    size_t width = tmt_terminal_columns(output->stream);

    if (width > MOST_COLUMNS)
        width = MOST_COLUMNS;
    tmi_text_add(text, "Usage: ");
    tmi_text_add(text, program->name);
    tmi_text_add(text, command->name[0] != '\0' ? " " : "");
    tmi_text_add(text, command->name);
    tmi_text_add(text, " [OPTION...]");
    tmi_text_add(text, command->operands[0] != '\0' ? " " : "");
    tmi_text_add(text, command->operands);
    tmi_text_add(text, "\n\n");
    add_paragraphs(text, command->description, width);
    if (command == program->self) {
        add_headline(output, "Commands");
        for (size_t i = 0; i < program->command_count; i++) {
            tmi_text_add(text, "  ");
            tmi_text_add(text, program->commands[i]->name);
            tmi_text_pad_to(text, 16);
            add_filled(text, program->commands[i]->summary, 16, width);
        }
        tmi_text_add_char(text, '\n');
    }
    add_options(output, command, width);
    add_examples(output, command, width);
    tmi_text_add(text, "\nExit status: 0 clean, 1 findings, 2 wrong usage or failure.\n");
}

enum tmt_kind tmt_kind_of(const char *value)
{
    if (value == NULL)
        return TMT_KIND_NONE;
    if (strchr(value, TMT_CHOICE) != NULL)
        return TMT_KIND_CHOICE;
    if (strstr(value, "COMMAND") != NULL)
        return TMT_KIND_COMMAND;
    if (strstr(value, "FILE") != NULL || strstr(value, "PATH") != NULL)
        return TMT_KIND_FILE;
    return TMT_KIND_NONE;
}
