/*
 * alloc/leak_file.c: see leak_file.h. Errors go to standard error, a line each.
 */
#include "alloc/leak_file.h"

#include <string.h>

#include "account/own.h"
#include "base/text.h"
#include "platform/platform.h"
#include "platform/process.h"

#define MOST_BYTES 1048576u

/* trackmem: leaks.supp:3: "fnction:load": write function:, ... Line 0: the file as a whole. */
static void complain(const struct tmi_leak_file *file, uint32_t number, const char *line,
                     const char *hint)
{
    char buffer[640];
    struct tmi_text text;

    tmi_text_init(&text, buffer, sizeof buffer);
    tmi_text_add(&text, "trackmem: ");
    tmi_text_add_visible(&text, file->path);
    if (number != 0) {
        tmi_text_add_char(&text, ':');
        tmi_text_add_unsigned(&text, number);
        tmi_text_add(&text, ": \"");
        tmi_text_add_keeping_both_ends(&text, line, 64);
        tmi_text_add_char(&text, '"');
    }
    tmi_text_add(&text, ": ");
    tmi_text_add(&text, hint);
    tmi_text_add_char(&text, '\n');
    (void)tmi_platform_write(2, buffer, text.length);
}

static void forget(struct tmi_leak_file *file)
{
    tmi_own_unmap(file->text, file->pages_bytes);
    file->text = NULL;
    file->count = 0;
}

/* Cuts off the next line, without what is blank at its ends; NULL: there is none. */
static char *next_line(char **text)
{
    char *line = *text;
    char *end;

    if (*line == '\0')
        return NULL;
    end = line + strcspn(line, "\n");
    *text = end + (*end != '\0');
    while (end > line && strchr(" \t\r", end[-1]) != NULL)
        --end;
    *end = '\0';
    return line + strspn(line, " \t");
}

/* A line that says anything has two bytes at least, so there is an entry for each. */
static void parse(struct tmi_leak_file *file, const struct tmi_leak_file_kind *kind)
{
    char *rest = file->text;
    char copy[80];
    char *line;

    for (uint32_t number = 1; (line = next_line(&rest)) != NULL; ++number) {
        if (*line == '\0' || *line == '#' || line[1] == '\0')
            continue;
        strncpy(copy, line, sizeof copy - 1); /* as it was: parse cuts it up */
        copy[sizeof copy - 1] = '\0';
        if (kind->parse(line, number, (char *)file->entries + file->count * kind->entry_bytes))
            ++file->count;
        else
            complain(file, number, copy, kind->hint);
    }
}

static void read_file(struct tmi_leak_file *file, const struct tmi_leak_file_kind *kind)
{
    size_t length;

    file->pages_bytes = MOST_BYTES + MOST_BYTES / 2 * kind->entry_bytes;
    file->text = tmi_own_map(file->pages_bytes);
    if (file->text == NULL)
        return;
    file->entries = file->text + MOST_BYTES;
    length = tmi_process_read_file(file->path, file->text, MOST_BYTES - 2);
    if (length < MOST_BYTES - 2) {
        parse(file, kind);
        return;
    }
    complain(file, 0, "", length == MOST_BYTES - 2 ? "is longer than 1 MiB" : kind->unread);
    forget(file);
}

void tmi_leak_file_configure(struct tmi_leak_file *file, const char *path,
                             const struct tmi_leak_file_kind *kind)
{
    if (strcmp(file->path, path) == 0)
        return;
    forget(file);
    strncpy(file->path, path, sizeof file->path - 1);
    if (path[0] != '\0')
        read_file(file, kind);
}
