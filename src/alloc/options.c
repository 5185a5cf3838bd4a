/*
 * alloc/options.c: parser and help, made from options.def. Allocates nothing; called at start and
 * from code before threads that would race on the same options.
 */
#include "alloc/options.h"

#include <stdbool.h>
#include <string.h>

#include "base/text.h"
#include "platform/platform.h"

enum kind { CHOICE, TEXT, NUMBER, LIST, PRESET };

typedef bool list_fn(const char *text, size_t length, struct tmi_option_problem *problem);

struct option {
    const char *name;
    enum kind kind;
    const char *choices;
    const char *text; /* initial; of a preset what it stands for */
    uint64_t number;  /* initial */
    uint64_t min;
    uint64_t max;
    const char *help;
    size_t offset;     /* in struct tmi_options */
    list_fn *set_list; /* of a list */
};

static const struct option options[] = {
#define PLACE(name) offsetof(struct tmi_options, name)
#define TRACKMEM_OPTION_CHOICE(name, choices, help) \
    { #name, CHOICE, choices, NULL, 0, 0, 0, help, PLACE(name), NULL },
#define TRACKMEM_OPTION_TEXT(name, initial, help) \
    { #name, TEXT, NULL, initial, 0, 0, 0, help, PLACE(name), NULL },
#define TRACKMEM_OPTION_NUMBER(name, initial, min, max, help) \
    { #name, NUMBER, NULL, NULL, initial, min, max, help, PLACE(name), NULL },
#define TRACKMEM_OPTION_LIST(name, help) \
    { #name, LIST, NULL, NULL, 0, 0, 0, help, 0, tmi_option_set_##name },
#define TRACKMEM_OPTION_PRESET(name, options, help) \
    { #name, PRESET, NULL, options, 0, 0, 0, help, 0, NULL },
#include "trackmem/options.def"
#undef TRACKMEM_OPTION_CHOICE
#undef TRACKMEM_OPTION_TEXT
#undef TRACKMEM_OPTION_NUMBER
#undef TRACKMEM_OPTION_LIST
#undef TRACKMEM_OPTION_PRESET
};

#define OPTIONS (sizeof options / sizeof options[0])

struct tmi_options tmi_options = {
#define TRACKMEM_OPTION_CHOICE(name, choices, help)           .name = 0,
#define TRACKMEM_OPTION_TEXT(name, initial, help)             .name = initial,
#define TRACKMEM_OPTION_NUMBER(name, initial, min, max, help) .name = initial,
#define TRACKMEM_OPTION_LIST(name, help)
#define TRACKMEM_OPTION_PRESET(name, options, help)
#include "trackmem/options.def"
#undef TRACKMEM_OPTION_CHOICE
#undef TRACKMEM_OPTION_TEXT
#undef TRACKMEM_OPTION_NUMBER
#undef TRACKMEM_OPTION_LIST
#undef TRACKMEM_OPTION_PRESET
};

/* A part of the text being parsed. */
struct word {
    const char *start;
    size_t length;
};

static bool word_is(struct word word, const char *text)
{
    return strncmp(word.start, text, word.length) == 0 && text[word.length] == '\0';
}

/* The part up to one of the bytes in `ends`; text moves behind it. */
static struct word cut_word(const char **text, const char *ends)
{
    struct word word = { *text, strcspn(*text, ends) };

    *text += word.length + ((*text)[word.length] != '\0');
    return word;
}

/* How many bytes must be changed, added or left out to make one of the other (Levenshtein). */
static size_t distance(struct word a, struct word b)
{
    size_t row[33];

    if (a.length > 32 || b.length > 32)
        return 32;
    for (size_t j = 0; j <= b.length; ++j)
        row[j] = j;
    for (size_t i = 1; i <= a.length; ++i) {
        size_t diagonal = row[0];

        row[0] = i;
        for (size_t j = 1; j <= b.length; ++j) {
            size_t changed = diagonal + (a.start[i - 1] != b.start[j - 1]);

            diagonal = row[j];
            row[j] = row[j] < row[j - 1] ? row[j] + 1 : row[j - 1] + 1;
            row[j] = row[j] < changed ? row[j] : changed;
        }
    }
    return row[b.length];
}

/* One line: trackmem: TRACKMEM: no option "raport"; did you mean "report"? */
static void complain(const char *whence, const char *what, struct word word, struct word nearest,
                     const char *hint)
{
    char buffer[512];
    struct tmi_text text;

    tmi_text_init(&text, buffer, sizeof buffer);
    tmi_text_add(&text, "trackmem: ");
    tmi_text_add(&text, whence);
    tmi_text_add(&text, ": ");
    tmi_text_add(&text, what);
    tmi_text_add(&text, " \"");
    tmi_text_add_bytes(&text, word.start, word.length < 64 ? word.length : 64);
    tmi_text_add(&text, "\"");
    if (nearest.length != 0) {
        tmi_text_add(&text, "; did you mean \"");
        tmi_text_add_bytes(&text, nearest.start, nearest.length);
        tmi_text_add(&text, "\"?");
    }
    tmi_text_add(&text, hint);
    tmi_text_add(&text, "\n");
    tmi_platform_write(2, buffer, text.length);
}

/* Behind a wrong value: all that there are, since what is nearest by its letters may be far off. */
static void add_choices(struct tmi_text *text, const char *choices)
{
    tmi_text_add(text, ": one of ");
    while (*choices != '\0') {
        struct word choice = cut_word(&choices, "|");

        tmi_text_add_bytes(text, choice.start, choice.length);
        tmi_text_add(text, *choices != '\0' ? ", " : "");
    }
}

static bool set_choice(const struct option *option, struct word value, const char *whence)
{
    const char *rest = option->choices;
    struct tmi_text text;
    char what[64];
    char hint[96];

    for (uint32_t number = 0; *rest != '\0'; ++number) {
        struct word choice = cut_word(&rest, "|");

        if (choice.length == value.length &&
            strncmp(choice.start, value.start, value.length) == 0) {
            memcpy((char *)&tmi_options + option->offset, &number, sizeof number);
            return true;
        }
    }
    tmi_text_init(&text, what, sizeof what);
    tmi_text_add(&text, "option ");
    tmi_text_add(&text, option->name);
    tmi_text_add(&text, " has no value");
    tmi_text_init(&text, hint, sizeof hint);
    add_choices(&text, option->choices);
    complain(whence, what, value, (struct word){ "", 0 }, hint);
    return false;
}

static bool set_text(const struct option *option, struct word value, const char *whence)
{
    char *target = (char *)&tmi_options + option->offset;

    if (value.length >= sizeof tmi_options.out) {
        complain(whence, "a value is longer than 255 bytes:", value, (struct word){ "", 0 }, "");
        return false;
    }
    memcpy(target, value.start, value.length);
    target[value.length] = '\0';
    return true;
}

bool tmi_options_number(const char *text, size_t length, uint64_t *number)
{
    static const char units[] = "KMG";
    const char *unit;

    *number = 0;
    if (length == 0)
        return false;
    unit = strchr(units, text[length - 1]);
    if (unit != NULL && length == 1)
        return false;
    for (size_t i = 0; i < length - (unit != NULL); ++i) {
        unsigned digit = (unsigned)(text[i] - '0');

        if (digit > 9 || *number > (UINT64_MAX >> 30) / 10 - 10)
            return false;
        *number = *number * 10 + digit;
    }
    if (unit != NULL)
        *number <<= 10 * (unit - units + 1);
    return true;
}

static bool set_number(const struct option *option, struct word value, const char *whence)
{
    uint64_t number;

    if (!tmi_options_number(value.start, value.length, &number) || number < option->min ||
        number > option->max) {
        char hint[96];
        struct tmi_text text;

        tmi_text_init(&text, hint, sizeof hint);
        tmi_text_add(&text, ": ");
        tmi_text_add(&text, option->name);
        tmi_text_add(&text, " takes a number from ");
        tmi_text_add_unsigned(&text, option->min);
        tmi_text_add(&text, " to ");
        tmi_text_add_unsigned(&text, option->max);
        complain(whence, "bad value", value, (struct word){ "", 0 }, hint);
        return false;
    }
    memcpy((char *)&tmi_options + option->offset, &number, sizeof number);
    return true;
}

static bool set_list(const struct option *option, struct word value, const char *whence)
{
    struct tmi_option_problem problem;
    char what[64];
    struct tmi_text text;

    if (option->set_list(value.start, value.length, &problem))
        return true;
    tmi_text_init(&text, what, sizeof what);
    tmi_text_add(&text, "option ");
    tmi_text_add(&text, option->name);
    tmi_text_add(&text, " cannot take");
    complain(whence, what, (struct word){ problem.start, problem.length }, (struct word){ "", 0 },
             problem.hint);
    return false;
}

/* A preset may have the name of an option, for which it then stands without a value. */
static const struct option *find(struct word name, bool preset)
{
    for (size_t i = 0; i < OPTIONS; ++i)
        if ((options[i].kind == PRESET) == preset && word_is(name, options[i].name))
            return &options[i];
    return NULL;
}

static void complain_of_unknown(struct word name, const char *whence)
{
    struct word nearest = { "", 0 };

    for (size_t i = 0; i < OPTIONS; ++i) {
        struct word known = { options[i].name, strlen(options[i].name) };

        if (nearest.length == 0 || distance(name, known) < distance(name, nearest))
            nearest = known;
    }
    complain(whence, "no option", name, nearest, "");
}

static bool set_option(struct word name, struct word value, const char *whence)
{
    const struct option *option = find(name, false);

    if (option == NULL && find(name, true) != NULL)
        complain(whence, "a word that takes no value:", name, (struct word){ "", 0 }, "");
    else if (option == NULL)
        complain_of_unknown(name, whence);
    else if (option->kind == CHOICE)
        return set_choice(option, value, whence);
    else if (option->kind == LIST)
        return set_list(option, value, whence);
    else
        return option->kind == TEXT ? set_text(option, value, whence)
                                    : set_number(option, value, whence);
    return false;
}

static bool is_list(struct word name)
{
    const struct option *option = find(name, false);

    return option != NULL && option->kind == LIST;
}

/* What a preset stands for; NULL: it is none. */
static const char *preset_of(struct word name)
{
    const struct option *option = find(name, true);

    return option != NULL ? option->text : NULL;
}

/* The items of a list that stand behind the first: up to what is an option of its own. */
static struct word with_further_items(struct word value, const char **text)
{
    while (**text != '\0' && (*text)[strcspn(*text, "=,")] != '=' &&
           preset_of((struct word){ *text, strcspn(*text, ",") }) == NULL) {
        struct word item = cut_word(text, ",");

        value.length = (size_t)(item.start + item.length - value.start);
    }
    return value;
}

enum trackmem_status tmi_options_set(const char *name, const char *value, const char *whence)
{
    struct word name_word = { name, strlen(name) };
    struct word value_word = { value, strlen(value) };

    return set_option(name_word, value_word, whence) ? TRACKMEM_OK : TRACKMEM_INVALID;
}

enum trackmem_status tmi_options_parse(const char *text, const char *whence)
{
    enum trackmem_status status = TRACKMEM_OK;

    while (*text != '\0') {
        struct word item = cut_word(&text, ",");
        const char *rest = item.start;
        struct word name = cut_word(&rest, "=,");
        struct word value = { rest, item.length - name.length };

        if (item.length == 0)
            continue;
        if (value.length == 0 && preset_of(name) != NULL) {
            (void)tmi_options_parse(preset_of(name), whence);
            continue;
        }
        if (value.length == 0) {
            if (find(name, false) == NULL)
                complain_of_unknown(name, whence);
            else
                complain(whence, "no value for", name, (struct word){ "", 0 },
                         ": write NAME=VALUE");
            status = TRACKMEM_INVALID;
            continue;
        }
        --value.length; /* the '=' */
        if (is_list(name))
            value = with_further_items(value, &text);
        if (!set_option(name, value, whence))
            status = TRACKMEM_INVALID;
    }
    return status;
}

/* Words, in lines from one column up to another. */
static void add_filled(struct tmi_text *text, const char *words, size_t first, size_t last)
{
    while (*words != '\0') {
        struct word word = cut_word(&words, " ");

        if (text->column > first && text->column + 1 + word.length > last)
            tmi_text_add_char(text, '\n');
        else if (text->column > first)
            tmi_text_add_char(text, ' ');
        tmi_text_pad_to(text, first);
        tmi_text_add_bytes(text, word.start, word.length);
    }
}

/* NAME=VALUE in one column, the help in the next. */
void tmi_options_print(int fd)
{
    enum { HELP_COLUMN = 28, LAST_COLUMN = 100 };

    for (size_t i = 0; i < OPTIONS; ++i) {
        const struct option *option = &options[i];
        char buffer[1024];
        struct tmi_text text;

        tmi_text_init(&text, buffer, sizeof buffer);
        tmi_text_add(&text, "  ");
        tmi_text_add(&text, option->name);
        tmi_text_add(&text, option->kind == PRESET ? "" : "=");
        if (option->kind == CHOICE)
            tmi_text_add(&text, option->choices);
        else if (option->kind != PRESET)
            tmi_text_add(&text, option->kind == TEXT     ? "TEXT"
                                : option->kind == NUMBER ? "NUMBER"
                                                         : "LIST");
        if (text.column + 2 > HELP_COLUMN)
            tmi_text_add_char(&text, '\n');
        tmi_text_pad_to(&text, HELP_COLUMN);
        add_filled(&text, option->help, HELP_COLUMN,
                   option->kind == NUMBER ? LAST_COLUMN - sizeof " (1048576)" : LAST_COLUMN);
        if (option->kind == PRESET) {
            tmi_text_add_char(&text, '\n');
            tmi_text_pad_to(&text, HELP_COLUMN);
            tmi_text_add(&text, option->text);
        }
        if (option->kind == NUMBER) {
            tmi_text_add(&text, " (");
            tmi_text_add_unsigned(&text, option->number);
            tmi_text_add(&text, ")");
        }
        tmi_text_add(&text, "\n");
        tmi_platform_write(fd, buffer, text.length);
    }
}
