/*
 * symbol/filter.h: a text report with functions and lines where it names a module and an address in
 * its file.
 */
#ifndef TMT_SYMBOL_FILTER_H
#define TMT_SYMBOL_FILTER_H

#include "base/text.h"

/* Why there are no symbols of a file; called once a file. */
typedef void tmt_symbols_lack_fn(const char *path, const char *why);

/*
 * Adds the report to `to`, each line of a stack replaced by what stands at its address.
 *   report  ended by NUL
 *   fn      or NULL
 */
void tmt_filter(const char *report, struct tmi_text *to, tmt_symbols_lack_fn *fn);

#endif
