/*
 * cli/parse.c: the table's options become those of getopt_long, its complaints become ours.
 */
#include "cli/parse.h"

#include <assert.h>
#include <getopt.h>
#include <string.h>

#include <trackmem/trackmem.h>

#include "cli/complain.h"
#include "cli/words.h"

/* getopt_long answers with this plus the option's place in the table; 0 is --help. */
#define FIRST_CODE 256

const struct tmt_option tmt_help_option = { "help", 'h', NULL, "Shows this help." };

/* The options of a command as getopt_long wants them; place 0 is --help. */
struct prepared {
    size_t count;
    struct option *longs;
    char *letters;
};

static const struct tmt_option *option_at(const struct tmt_command *command, size_t place)
{
    return place == 0 ? &tmt_help_option : &command->options[place - 1];
}

static bool prepare(struct prepared *prepared, const struct tmt_command *command)
{
    char *letter;

    prepared->count = 1;
    while (option_at(command, prepared->count)->name != NULL)
        prepared->count++;
    prepared->longs = trackmem_calloc(prepared->count + 1, sizeof(*prepared->longs));
    prepared->letters = trackmem_malloc(2 * prepared->count + 3);
    if (prepared->longs == NULL || prepared->letters == NULL)
        return false;
    letter = prepared->letters;
    if (command->name[0] == '\0')
        *letter++ = '+'; /* stops at the subcommand */
    *letter++ = ':';     /* tells a missing value from an unknown option */
    for (size_t i = 0; i < prepared->count; i++) {
        const struct tmt_option *option = option_at(command, i);

        prepared->longs[i].name = option->name;
        prepared->longs[i].has_arg = option->value != NULL ? required_argument : no_argument;
        prepared->longs[i].val = FIRST_CODE + (int)i;
        if (option->letter != 0) {
            *letter++ = option->letter;
            if (option->value != NULL)
                *letter++ = ':';
        }
    }
    *letter = '\0';
    return true;
}

/* The place of the option that getopt_long means by a code or letter; count if none. */
static size_t place_of(const struct prepared *prepared, const struct tmt_command *command, int code)
{
    if (code >= FIRST_CODE)
        return (size_t)(code - FIRST_CODE);
    for (size_t i = 0; i < prepared->count; i++)
        if (code != 0 && option_at(command, i)->letter == code)
            return i;
    return prepared->count;
}

static void complain_unknown(const struct prepared *prepared, const struct tmt_command *command,
                             const char *word, int letter)
{
    struct tmt_nearest nearest;

    if (letter != 0) {
        tmt_complain("no option '-%c'; '%s --help' lists them", letter, tmt_complainer());
        return;
    }
    word += strspn(word, "-");
    tmt_nearest_begin(&nearest, word, strcspn(word, "="));
    for (size_t i = 0; i < prepared->count; i++)
        tmt_nearest_offer(&nearest, option_at(command, i)->name);
    if (nearest.word != NULL)
        tmt_complain("no option '--%.*s'; did you mean '--%s'?", (int)strcspn(word, "="), word,
                     nearest.word);
    else
        tmt_complain("no option '--%.*s'; '%s --help' lists them", (int)strcspn(word, "="), word,
                     tmt_complainer());
}

/* One of several choices, or anything if what is wanted is not a choice. what: "--option: ". */
static bool is_choice(const char *what, const char *choices, const char *value)
{
    struct tmt_nearest nearest;
    char word[64];

    if (strchr(choices, TMT_CHOICE) == NULL)
        return true;
    tmt_nearest_begin(&nearest, value, strlen(value));
    for (const char *rest = choices; tmt_next_choice(&rest, word, sizeof(word));)
        if (strcmp(word, value) == 0)
            return true;
    for (const char *rest = choices; tmt_next_choice(&rest, word, sizeof(word));)
        tmt_nearest_offer(&nearest, word);
    if (nearest.word != NULL)
        tmt_complain("%s'%s' is not one of %s; did you mean '%s'?", what, value, choices,
                     nearest.word);
    else
        tmt_complain("%s'%s' is not one of %s", what, value, choices);
    return false;
}

static bool take(struct tmt_call *call, const struct prepared *prepared, int code, char **argv)
{
    size_t place = place_of(prepared, call->command, code == '?' || code == ':' ? optopt : code);
    const struct tmt_option *option;
    char dashed[64], what[64];

    if (place == prepared->count) {
        complain_unknown(prepared, call->command, argv[optind - 1],
                         strncmp(argv[optind - 1], "--", 2) == 0 ? 0 : optopt);
        return false;
    }
    option = option_at(call->command, place);
    if (code == ':') {
        tmt_complain("option '--%s' lacks its value: --%s=%s", option->name, option->name,
                     option->value);
        return false;
    }
    if (code == '?') {
        tmt_complain("option '--%s' takes no value", option->name);
        return false;
    }
    tmt_join(dashed, sizeof(dashed), "--", option->name);
    tmt_join(what, sizeof(what), dashed, ": ");
    if (option->value != NULL && !is_choice(what, option->value, optarg))
        return false;
    call->given[call->given_count].option = option;
    call->given[call->given_count].value = option->value != NULL ? optarg : NULL;
    call->given_count++;
    return true;
}

static bool check_operands(const struct tmt_call *call)
{
    const struct tmt_command *command = call->command;
    size_t count = call->operand_count;

    if (tmt_call_has(call, tmt_help_option.name))
        return true;
    if (count < command->least_operands) {
        tmt_complain("nothing given for %s; '%s --help' says more", command->operands,
                     tmt_complainer());
        return false;
    }
    if (count > command->most_operands) {
        tmt_complain("'%s' is one too many; usage: %s [OPTION...] %s",
                     call->operands[command->most_operands], tmt_complainer(), command->operands);
        return false;
    }
    for (size_t i = 0; i < count && command->name[0] != '\0'; i++)
        if (!is_choice("", command->operands, call->operands[i]))
            return false;
    return true;
}

bool tmt_parse(struct tmt_call *call, const struct tmt_program *program,
               const struct tmt_command *command, int argc, char **argv)
{
    struct prepared prepared = { 0 };
    bool right = true;
    int code;

    memset(call, 0, sizeof(*call));
    call->program = program;
    call->command = command;
    call->given = trackmem_calloc((size_t)argc + 1, sizeof(*call->given));
    if (call->given == NULL || !prepare(&prepared, command)) {
        tmt_complain("out of memory");
        right = false;
    }
    optind = 0; /* starts anew */
    opterr = 0; /* the complaints are ours */
    while (right && (code = getopt_long(argc, argv, prepared.letters, prepared.longs, NULL)) != -1)
        right = take(call, &prepared, code, argv);
    trackmem_free(prepared.longs);
    trackmem_free(prepared.letters);
    if (!right)
        return false;
    call->operands = argv + optind;
    call->operand_count = (size_t)(argc - optind);
    return check_operands(call);
}

void tmt_call_finish(struct tmt_call *call)
{
    trackmem_free(call->given);
    call->given = NULL;
}

const struct tmt_command *tmt_find_command(const struct tmt_program *program, const char *name)
{
    struct tmt_nearest nearest;

    tmt_nearest_begin(&nearest, name, strlen(name));
    for (size_t i = 0; i < program->command_count; i++) {
        if (strcmp(program->commands[i]->name, name) == 0)
            return program->commands[i];
        tmt_nearest_offer(&nearest, program->commands[i]->name);
    }
    if (nearest.word != NULL)
        tmt_complain("no command '%s'; did you mean '%s'?", name, nearest.word);
    else
        tmt_complain("no command '%s'; '%s --help' lists them", name, program->name);
    return NULL;
}

static const struct tmt_given *last_given(const struct tmt_call *call, const char *name)
{
    const struct tmt_given *found = NULL;
    bool known = strcmp(name, tmt_help_option.name) == 0;

    for (const struct tmt_option *o = call->command->options; o->name != NULL; o++)
        known |= strcmp(o->name, name) == 0;
    assert(known);
    (void)known;
    for (size_t i = 0; i < call->given_count; i++)
        if (strcmp(call->given[i].option->name, name) == 0)
            found = &call->given[i];
    return found;
}

bool tmt_call_has(const struct tmt_call *call, const char *name)
{
    return last_given(call, name) != NULL;
}

const char *tmt_call_value(const struct tmt_call *call, const char *name)
{
    const struct tmt_given *given = last_given(call, name);

    return given != NULL ? given->value : NULL;
}
