/*
 * cli/completion.c: completion of bash, zsh and fish from the table. Each script is complete in
 * itself: it starts no program but the shell's own.
 */
#include <string.h>

#include "cli/pages.h"
#include "cli/words.h"

static void add_commands(struct tmi_text *text, const struct tmt_program *program)
{
    for (size_t i = 0; i < program->command_count; i++) {
        tmi_text_add(text, i > 0 ? " " : "");
        tmi_text_add(text, program->commands[i]->name);
    }
}

/* The choices of a value, or all commands, apart by spaces. */
static void add_words(struct tmi_text *text, const struct tmt_program *program, const char *value)
{
    const char *rest = value;
    const char *space = "";
    char word[64];

    if (tmt_kind_of(value) == TMT_KIND_COMMAND)
        add_commands(text, program);
    if (tmt_kind_of(value) != TMT_KIND_CHOICE)
        return;
    while (tmt_next_choice(&rest, word, sizeof(word))) {
        tmi_text_add(text, space);
        tmi_text_add(text, word);
        space = " ";
    }
}

/* --json --allow ... --help */
static void add_option_names(struct tmi_text *text, const struct tmt_command *command)
{
    for (const struct tmt_option *o = command->options; o->name != NULL; o++) {
        tmi_text_add(text, "--");
        tmi_text_add(text, o->name);
        tmi_text_add_char(text, ' ');
    }
    tmi_text_add(text, "--");
    tmi_text_add(text, tmt_help_option.name);
}

/* What bash offers for a value or operand. */
static void add_bash_reply(struct tmi_text *text, const struct tmt_program *program,
                           const char *value)
{
    switch (tmt_kind_of(value)) {
    case TMT_KIND_NONE: tmi_text_add(text, "COMPREPLY=()"); break;
    case TMT_KIND_FILE:
        tmi_text_add(text,
                     "compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")");
        break;
    case TMT_KIND_COMMAND:
    case TMT_KIND_CHOICE:
        tmi_text_add(text, "mapfile -t COMPREPLY < <(compgen -W '");
        add_words(text, program, value);
        tmi_text_add(text, "' -- \"$cur\")");
        break;
    }
}

static void add_bash_command(struct tmi_text *text, const struct tmt_program *program,
                             const struct tmt_command *command)
{
    tmi_text_add(text, "    ");
    tmi_text_add(text, command->name[0] != '\0' ? command->name : "''");
    tmi_text_add(text, ")\n        case $prev in\n");
    for (const struct tmt_option *o = command->options; o->name != NULL; o++) {
        if (o->value == NULL)
            continue;
        tmi_text_add(text, "        --");
        tmi_text_add(text, o->name);
        if (o->letter != 0) {
            tmi_text_add(text, " | -");
            tmi_text_add_char(text, o->letter);
        }
        tmi_text_add(text, ") ");
        add_bash_reply(text, program, o->value);
        tmi_text_add(text, "; return ;;\n");
    }
    tmi_text_add(text, "        esac\n        case $cur in\n        -*) mapfile -t COMPREPLY < <("
                       "compgen -W '");
    add_option_names(text, command);
    tmi_text_add(text, "' -- \"$cur\") ;;\n        *) ");
    add_bash_reply(text, program, command->operands);
    tmi_text_add(text, " ;;\n        esac ;;\n");
}

void tmt_write_bash(struct tmt_output *output, const struct tmt_program *program)
{
    struct tmi_text *text = &output->text;

    tmi_text_add(text,
                 "# bash completion of trackmem; made by 'trackmem completion bash'\n"
                 "_trackmem()\n{\n"
                 "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}\n"
                 "    local command= i\n"
                 "    # --option=value comes as three words\n"
                 "    if [ \"$cur\" = = ]; then\n"
                 "        cur=\n"
                 "    elif [ \"$prev\" = = ]; then\n"
                 "        prev=${COMP_WORDS[COMP_CWORD - 2]}\n"
                 "    fi\n"
                 "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
                 "        case ${COMP_WORDS[i]} in\n"
                 "        -*) ;;\n"
                 "        *)\n"
                 "            command=${COMP_WORDS[i]}\n"
                 "            break\n"
                 "            ;;\n"
                 "        esac\n"
                 "    done\n"
                 "    case $command in\n");
    add_bash_command(text, program, program->self);
    for (size_t i = 0; i < program->command_count; i++)
        add_bash_command(text, program, program->commands[i]);
    tmi_text_add(text, "    esac\n}\ncomplete -F _trackmem trackmem\n");
}

/* A text between single quotes; in zsh's specifications ':' and brackets are escaped as well. */
static void add_quoted(struct tmi_text *text, const char *words, const char *escaped)
{
    for (; *words != '\0'; words++) {
        if (*words == '\'') {
            tmi_text_add(text, "'\\''");
            continue;
        }
        if (strchr(escaped, *words) != NULL)
            tmi_text_add_char(text, '\\');
        tmi_text_add_char(text, *words);
    }
}

/* Up to the first full stop: the shells show one line. */
static void add_first_sentence(struct tmi_text *text, const char *words, const char *escaped)
{
    char sentence[256];
    struct tmi_text part;
    const char *end = strstr(words, ". ");
    size_t length = end != NULL ? (size_t)(end - words) : strlen(words);

    if (length > 0 && words[length - 1] == '.')
        length--;
    tmi_text_init(&part, sentence, sizeof(sentence));
    tmi_text_add_bytes(&part, words, length);
    add_quoted(text, sentence, escaped);
}

static void add_zsh_action(struct tmi_text *text, const struct tmt_program *program,
                           const char *value)
{
    tmi_text_add_char(text, ':');
    switch (tmt_kind_of(value)) {
    case TMT_KIND_NONE: tmi_text_add(text, "value: "); break;
    case TMT_KIND_FILE: tmi_text_add(text, "file:_files"); break;
    case TMT_KIND_COMMAND:
    case TMT_KIND_CHOICE:
        tmi_text_add(text, "value:(");
        add_words(text, program, value);
        tmi_text_add_char(text, ')');
        break;
    }
}

static void add_zsh_option(struct tmi_text *text, const struct tmt_program *program,
                           const struct tmt_option *option)
{
    tmi_text_add(text, "            '*--");
    tmi_text_add(text, option->name);
    tmi_text_add(text, option->value != NULL ? "=[" : "[");
    add_first_sentence(text, option->about, "[]:\\");
    tmi_text_add_char(text, ']');
    if (option->value != NULL)
        add_zsh_action(text, program, option->value);
    tmi_text_add(text, "' \\\n");
}

static void add_zsh_options(struct tmi_text *text, const struct tmt_program *program,
                            const struct tmt_command *command)
{
    for (const struct tmt_option *o = command->options; o->name != NULL; o++)
        add_zsh_option(text, program, o);
    add_zsh_option(text, program, &tmt_help_option);
}

void tmt_write_zsh(struct tmt_output *output, const struct tmt_program *program)
{
    struct tmi_text *text = &output->text;

    tmi_text_add(text, "#compdef trackmem\n"
                       "# zsh completion of trackmem; made by 'trackmem completion zsh'\n"
                       "_trackmem()\n{\n"
                       "    local -a commands\n    commands=(\n");
    for (size_t i = 0; i < program->command_count; i++) {
        tmi_text_add(text, "        '");
        tmi_text_add(text, program->commands[i]->name);
        tmi_text_add_char(text, ':');
        add_quoted(text, program->commands[i]->summary, ":\\");
        tmi_text_add(text, "'\n");
    }
    tmi_text_add(text, "    )\n    if ((CURRENT == 2)); then\n"
                       "        _describe command commands\n        _arguments \\\n");
    add_zsh_options(text, program, program->self);
    tmi_text_add(text, "            && return\n        return\n    fi\n"
                       "    local command=$words[2]\n"
                       "    shift words\n    ((CURRENT--))\n"
                       "    case $command in\n");
    for (size_t i = 0; i < program->command_count; i++) {
        const struct tmt_command *command = program->commands[i];

        tmi_text_add(text, "    ");
        tmi_text_add(text, command->name);
        tmi_text_add(text, ")\n        _arguments \\\n");
        add_zsh_options(text, program, command);
        tmi_text_add(text, "            '*:");
        add_zsh_action(text, program, command->operands);
        tmi_text_add(text, "'\n        ;;\n");
    }
    tmi_text_add(text, "    esac\n}\n_trackmem \"$@\"\n");
}

static void add_fish_option(struct tmi_text *text, const struct tmt_program *program,
                            const struct tmt_command *command, const struct tmt_option *option)
{
    tmi_text_add(text, "complete -c trackmem -n ");
    if (command->name[0] != '\0') {
        tmi_text_add(text, "'__fish_seen_subcommand_from ");
        tmi_text_add(text, command->name);
        tmi_text_add_char(text, '\'');
    } else {
        tmi_text_add(text, "__fish_use_subcommand");
    }
    tmi_text_add(text, " -l ");
    tmi_text_add(text, option->name);
    if (option->letter != 0) {
        tmi_text_add(text, " -s ");
        tmi_text_add_char(text, option->letter);
    }
    switch (tmt_kind_of(option->value)) {
    case TMT_KIND_NONE: tmi_text_add(text, option->value != NULL ? " -x" : ""); break;
    case TMT_KIND_FILE: tmi_text_add(text, " -r -F"); break;
    case TMT_KIND_COMMAND:
    case TMT_KIND_CHOICE:
        tmi_text_add(text, " -x -a '");
        add_words(text, program, option->value);
        tmi_text_add_char(text, '\'');
        break;
    }
    tmi_text_add(text, " -d '");
    add_first_sentence(text, option->about, "\\");
    tmi_text_add(text, "'\n");
}

static void add_fish_command(struct tmi_text *text, const struct tmt_program *program,
                             const struct tmt_command *command)
{
    enum tmt_kind kind = tmt_kind_of(command->operands);

    for (const struct tmt_option *o = command->options; o->name != NULL; o++)
        add_fish_option(text, program, command, o);
    add_fish_option(text, program, command, &tmt_help_option);
    if (command == program->self || kind == TMT_KIND_NONE)
        return;
    tmi_text_add(text, "complete -c trackmem -n '__fish_seen_subcommand_from ");
    tmi_text_add(text, command->name);
    tmi_text_add(text, kind == TMT_KIND_FILE ? "' -F\n" : "' -a '");
    if (kind != TMT_KIND_FILE) {
        add_words(text, program, command->operands);
        tmi_text_add(text, "'\n");
    }
}

void tmt_write_fish(struct tmt_output *output, const struct tmt_program *program)
{
    struct tmi_text *text = &output->text;

    tmi_text_add(text, "# fish completion of trackmem; made by 'trackmem completion fish'\n"
                       "complete -c trackmem -f\n");
    for (size_t i = 0; i < program->command_count; i++) {
        tmi_text_add(text, "complete -c trackmem -n __fish_use_subcommand -a ");
        tmi_text_add(text, program->commands[i]->name);
        tmi_text_add(text, " -d '");
        add_quoted(text, program->commands[i]->summary, "\\");
        tmi_text_add(text, "'\n");
    }
    add_fish_command(text, program, program->self);
    for (size_t i = 0; i < program->command_count; i++)
        add_fish_command(text, program, program->commands[i]);
}
