/*
 * alloc/options.h: the options, from the environment and from code; made from options.def.
 */
#ifndef TMI_ALLOC_OPTIONS_H
#define TMI_ALLOC_OPTIONS_H

#include <stddef.h>
#include <stdint.h>

#include "trackmem/trackmem.h"

/* The number of each word of a choice is its place in the list: none 0, exit 1. */
struct tmi_options {
#define TRACKMEM_OPTION_CHOICE(name, choices, help)           uint32_t name;
#define TRACKMEM_OPTION_TEXT(name, initial, help)             char name[256];
#define TRACKMEM_OPTION_NUMBER(name, initial, min, max, help) uint64_t name;
#include "trackmem/options.def"
#undef TRACKMEM_OPTION_CHOICE
#undef TRACKMEM_OPTION_TEXT
#undef TRACKMEM_OPTION_NUMBER
};

extern struct tmi_options tmi_options;

/*
 * Sets the options that `text` names ("report=exit,top=20"); `whence` says in messages where they
 * came from. TRACKMEM_INVALID if any was refused: one line on standard error each.
 */
enum trackmem_status tmi_options_parse(const char *text, const char *whence);

/* Prints the list that `help=list` asks for. */
void tmi_options_print(int fd);

#endif
