/*
 * base/pattern.c: see pattern.h. In time linear in the text for each star at most.
 */
#include "base/pattern.h"

#include <string.h>

bool tmi_pattern_matches(const char *pattern, const char *text, size_t length)
{
    const char *end = text + length;
    const char *star = NULL; /* the pattern behind the last one, and what it took so far */
    const char *taken = NULL;

    while (text < end) {
        if (*pattern == '*') {
            star = ++pattern;
            taken = text;
        } else if (*pattern != '\0' && (*pattern == '?' || *pattern == *text)) {
            ++pattern;
            ++text;
        } else if (star != NULL) {
            pattern = star;
            text = ++taken;
        } else {
            return false;
        }
    }
    pattern += strspn(pattern, "*");
    return *pattern == '\0';
}

bool tmi_pattern_matches_path(const char *pattern, const char *path)
{
    while (path != NULL) {
        if (tmi_pattern_matches(pattern, path, strlen(path)))
            return true;
        path = strpbrk(path, "/\\");
        path += path != NULL;
    }
    return false;
}
