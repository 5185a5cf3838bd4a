/*
 * cli/complain.h: one line on stderr that says what is wrong, where, and the mend.
 */
#ifndef TMT_CLI_COMPLAIN_H
#define TMT_CLI_COMPLAIN_H

#include <trackmem/compiler.h>

/* The words that begin each complaint: "trackmem", then "trackmem audit". They are kept. */
void tmt_complain_as(const char *program, const char *command);
const char *tmt_complainer(void);

/* As printf, behind those words; the newline is added, control characters come out as '?'. */
void tmt_complain(const char *format, ...) TRACKMEM_PRINTF_(1, 2);

#endif
