/*
 * platform/helper.h: what puts functions and lines into the stacks of a report: a helper process,
 * or a library that is loaded into this one.
 */
#ifndef TMI_PLATFORM_HELPER_H
#define TMI_PLATFORM_HELPER_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Runs `trackmem symbols`, found beside this library or on PATH, with the text as its input, and
 * writes to fd what it says. It has ten seconds for that, and is ended then. False, and nothing was
 * written: it could not be run, did not end well or in time, or had nothing to say; or the process
 * is privileged, or the system has no such processes.
 */
bool tmi_platform_filter(const char *text, size_t size, int fd);

/*
 * Loads libtrackmem-symbols, found beside this library or where the loader looks, and keeps it.
 * Takes the loader's lock, and allocates. False: there is none, or it is not allowed.
 */
bool tmi_platform_load_resolver(void);
/*
 * The same as tmi_platform_filter by that library, for a text that ends with NUL. Not in a handler
 * of a signal; one call at a time. False, and nothing was written: it was not loaded.
 */
bool tmi_platform_resolve(const char *text, int fd);

#endif
