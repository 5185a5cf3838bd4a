/*
 * alloc/options.h: the options, from the environment and from code; made from options.def.
 */
#ifndef TMI_ALLOC_OPTIONS_H
#define TMI_ALLOC_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "trackmem/trackmem.h"

/* The number of each word of a choice is its place in the list: none 0, exit 1. */
struct tmi_options {
#define TRACKMEM_OPTION_CHOICE(name, choices, help)           uint32_t name;
#define TRACKMEM_OPTION_TEXT(name, initial, help)             char name[256];
#define TRACKMEM_OPTION_NUMBER(name, initial, min, max, help) uint64_t name;
#define TRACKMEM_OPTION_LIST(name, help)                      /* whoever parses it keeps it */
#define TRACKMEM_OPTION_PRESET(name, options, help)
#include "trackmem/options.def"
#undef TRACKMEM_OPTION_CHOICE
#undef TRACKMEM_OPTION_TEXT
#undef TRACKMEM_OPTION_NUMBER
#undef TRACKMEM_OPTION_LIST
#undef TRACKMEM_OPTION_PRESET
};

extern struct tmi_options tmi_options;

/*
 * Sets the options that `text` names ("report=exit,top=20"); `whence` says in messages where they
 * came from. TRACKMEM_INVALID if any was refused: one line on standard error each.
 */
enum trackmem_status tmi_options_parse(const char *text, const char *whence);

/* The same for one option, whose value may hold anything. */
enum trackmem_status tmi_options_set(const char *name, const char *value, const char *whence);

/* What is wrong with a list. */
struct tmi_option_problem {
    const char *start; /* the part, in its text */
    size_t length;
    const char *hint;
};

/*
 * The lists, by who acts on them: parse length bytes and keep them; from then on they act. False:
 * *problem says why not, and nothing changed.
 */
#define TRACKMEM_OPTION_CHOICE(name, choices, help)
#define TRACKMEM_OPTION_TEXT(name, initial, help)
#define TRACKMEM_OPTION_NUMBER(name, initial, min, max, help)
#define TRACKMEM_OPTION_PRESET(name, options, help)
#define TRACKMEM_OPTION_LIST(name, help) \
    bool tmi_option_set_##name(const char *text, size_t length, struct tmi_option_problem *problem);
#include "trackmem/options.def"
#undef TRACKMEM_OPTION_CHOICE
#undef TRACKMEM_OPTION_TEXT
#undef TRACKMEM_OPTION_NUMBER
#undef TRACKMEM_OPTION_LIST
#undef TRACKMEM_OPTION_PRESET

/* Digits, then perhaps K, M or G; false if it is anything else or overflows. */
bool tmi_options_number(const char *text, size_t length, uint64_t *number);

/* Prints the list that `help=list` asks for. */
void tmi_options_print(int fd);

#endif
