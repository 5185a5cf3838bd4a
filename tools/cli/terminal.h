/*
 * cli/terminal.h: what the terminal can show.
 */
#ifndef TMT_CLI_TERMINAL_H
#define TMT_CLI_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/text.h"

enum tmt_style { TMT_PLAIN, TMT_BOLD, TMT_DIM, TMT_RED, TMT_GREEN, TMT_YELLOW };

/* Whether a stream is a terminal, and colours are not refused by NO_COLOR or TERM=dumb. */
bool tmt_terminal_has_colours(FILE *stream);
/* Whether the locale's characters are UTF-8. */
bool tmt_terminal_has_utf8(void);
/* Columns of a terminal; 80 where the stream is none. */
size_t tmt_terminal_columns(FILE *stream);

/* A text that goes to a stream by a buffer of its own; colours as the stream has them. */
struct tmt_output {
    struct tmi_text text;
    FILE *stream;
    bool colours;
    char buffer[4096];
};

void tmt_output_init(struct tmt_output *output, FILE *stream);
/* Adds the sequence that begins a style (TMT_PLAIN ends it), where there are colours. */
void tmt_output_style(struct tmt_output *output, enum tmt_style style);
/* Writes what is left. Returns whether all was written; if not, it has complained. */
bool tmt_output_finish(struct tmt_output *output);

/*
 * "what 12/345" on the last line of a terminal on stderr, at most ten times a second; nothing where
 * it is none. total 0: not known. tmt_progress_end removes the line.
 */
void tmt_progress(const char *what, size_t done, size_t total);
void tmt_progress_end(void);

#endif
