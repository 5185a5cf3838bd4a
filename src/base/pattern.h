/*
 * base/pattern.h: patterns in which '*' stands for anything and '?' for any one byte.
 */
#ifndef TMI_BASE_PATTERN_H
#define TMI_BASE_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

/* The whole of length bytes. */
bool tmi_pattern_matches(const char *pattern, const char *text, size_t length);

/* The whole of a path, or the end of it behind a slash. NULL: false. */
bool tmi_pattern_matches_path(const char *pattern, const char *path);

#endif
