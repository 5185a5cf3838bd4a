/*
 * alloc/leak_file.h: a text file of rules about leaks, a line each, in our own pages. Blank lines
 * and those that begin with '#' say nothing.
 */
#ifndef TMI_ALLOC_LEAK_FILE_H
#define TMI_ALLOC_LEAK_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tmi_leak_file {
    char path[256];
    size_t pages_bytes; /* of the text and the entries behind it */
    char *text;         /* cut into lines; NULL: nothing was read */
    void *entries;
    size_t count;
};

/* What a file is like. parse: keeps one line; false: it is wrong, which is told with the hint. */
struct tmi_leak_file_kind {
    size_t entry_bytes;
    bool (*parse)(char *line, uint32_t number, void *entry);
    const char *hint;
    const char *unread; /* what follows where the file cannot be read */
};

/* Reads it anew if the path is another; "" is none. */
void tmi_leak_file_configure(struct tmi_leak_file *file, const char *path,
                             const struct tmi_leak_file_kind *kind);

#endif
