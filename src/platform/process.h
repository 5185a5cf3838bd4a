/*
 * platform/process.h: what the search for leaks asks of the process around it: a file that is read
 * at the start, and the code it ends with. One file per system; the conditions of platform.h hold.
 */
#ifndef TMI_PLATFORM_PROCESS_H
#define TMI_PLATFORM_PROCESS_H

#include <stdbool.h>
#include <stddef.h>

/* Reads at most capacity bytes of a file; returns how many, or capacity + 1 if it cannot. */
size_t tmi_process_read_file(const char *path, char *bytes, size_t capacity);

/*
 * Called as the last of what our module does while the process exits: it ends with that code, after
 * what else exit does. Returns where our module may be going alone, by dlclose, or the system has
 * no codes.
 */
void tmi_process_end_with(int code);

#endif
