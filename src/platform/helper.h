/*
 * platform/helper.h: a helper process for reports.
 */
#ifndef TMI_PLATFORM_HELPER_H
#define TMI_PLATFORM_HELPER_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Runs `trackmem symbols`, found beside this library or on PATH, with the text as its input and fd
 * as its output, and waits for its end. False, and nothing was written: it could not be run, or had
 * nothing to say; or the process is privileged, or the system has no such processes.
 */
bool tmi_platform_filter(const char *text, size_t size, int fd);

#endif
