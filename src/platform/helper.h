/*
 * platform/helper.h: what puts functions and lines into the stacks of a report: a helper process,
 * or a library that is loaded into this one.
 */
#ifndef TMI_PLATFORM_HELPER_H
#define TMI_PLATFORM_HELPER_H

#include "base/text.h"

/*
 * Runs `trackmem symbols`, found beside this library or on PATH, with the text as its input, and
 * hands what it says to write, in parts, until that returns false. It has ten seconds for that, and
 * is ended then. False, and write was not called: it could not be run, did not end well or in time,
 * or had nothing to say; or the process is privileged, or the system has no such processes.
 */
bool tmi_platform_filter(const char *text, size_t size, tmi_text_flush_fn *write, void *user);

/*
 * Loads libtrackmem-symbols, found beside this library or where the loader looks, and keeps it.
 * Takes the loader's lock, and allocates. False: there is none, or it is not allowed.
 */
bool tmi_platform_load_resolver(void);
/*
 * The same as tmi_platform_filter by that library, for a text that ends with NUL. Not in a handler
 * of a signal; one call at a time. False, and write was not called: it was not loaded.
 */
bool tmi_platform_resolve(const char *text, tmi_text_flush_fn *write, void *user);

#endif
