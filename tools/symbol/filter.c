/*
 * symbol/filter.c: see filter.h.
 *
 * A report names modules by their last part, and says below what stands behind the name:
 *
 *                #0 demo+0x1a2b  load()
 *   read         demo+0x1a30
 *   module       demo is /usr/bin/demo, build-id 3f2a...
 *
 * so a line is looked up when the row of its module was found. All else goes through as it is.
 */
#include "symbol/filter.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "symbol/symbol.h"

#define MOST_FILES 256

/* A file that is looked into; opened once, and NULL again if that failed. */
struct file {
    char *path;
    char *build_id;
    struct tmt_symbols *symbols;
};

struct filter {
    struct file files[MOST_FILES];
    size_t file_count;
    struct tmi_text *output;
    tmt_no_symbols_fn *no_symbols;
    const char *indent; /* of the line that is replaced, up to its number */
    size_t indent_length;
    size_t frames; /* that were written for it */
};

static char *copy_of(const char *text, size_t length)
{
    return strndup(text, length); /* raw: a tool's own memory */
}

/* The row "module NAME is PATH, build-id HEX" of a name: from here on, else any. */
static bool find_row(const char *from, const char *all, const char *name, size_t length,
                     char **path, char **build_id)
{
    const char *texts[] = { from, all };

    for (size_t i = 0; i < 2; ++i) {
        for (const char *at = texts[i]; (at = strstr(at, "\n  module ")) != NULL; ++at) {
            const char *known = at + 10 + strspn(at + 10, " ");
            const char *end = known + strcspn(known, "\n");
            const char *file = known + length + 4;
            const char *id;

            if (strncmp(known, name, length) != 0 || strncmp(known + length, " is ", 4) != 0)
                continue;
            id = strstr(file, ", build-id ");
            if (id == NULL || id > end)
                id = end;
            *path = copy_of(file, (size_t)(id - file));
            *build_id = id < end ? copy_of(id + 11, (size_t)(end - id - 11)) : copy_of("", 0);
            return *path != NULL && *build_id != NULL;
        }
    }
    return false;
}

/* Takes both texts. */
static struct tmt_symbols *open_file(struct filter *filter, char *path, char *build_id)
{
    struct file *file = filter->files;
    const char *why;

    while (file < filter->files + filter->file_count &&
           (strcmp(file->path, path) != 0 || strcmp(file->build_id, build_id) != 0))
        ++file;
    if (file < filter->files + filter->file_count || filter->file_count == MOST_FILES) {
        free(path);     /* raw: a tool's own memory */
        free(build_id); /* raw: a tool's own memory */
        return file < filter->files + filter->file_count ? file->symbols : NULL;
    }
    ++filter->file_count;
    *file = (struct file){ path, build_id, tmt_symbols_open(path, build_id, &why) };
    if (file->symbols == NULL && filter->no_symbols != NULL)
        filter->no_symbols(path, why);
    return file->symbols;
}

static void write_frame(const struct tmt_symbol_frame *frame, void *user)
{
    struct filter *filter = user;
    struct tmi_text *text = filter->output;

    if (filter->frames++ == 0) {
        tmi_text_add_bytes(text, filter->indent, filter->indent_length);
    } else {
        for (size_t i = 0; i < filter->indent_length; ++i)
            tmi_text_add_char(text, ' ');
        tmi_text_add(text, "inlined into ");
    }
    tmi_text_add_visible(text, frame->function != NULL ? frame->function : "an unknown function");
    tmi_text_add(text, "()");
    if (frame->file != NULL) {
        tmi_text_add(text, "  ");
        tmi_text_add_visible(text, frame->file);
        if (frame->line > 0) {
            tmi_text_add_char(text, ':');
            tmi_text_add_unsigned(text, (uint64_t)frame->line);
        }
    }
    tmi_text_add_char(text, '\n');
}

/* Where the value of a row begins whose label says how a fault touched; NULL: it is none such. */
static const char *behind_label(const char *line, size_t length)
{
    static const char *const labels[] = { "read ", "written ", "touched ", "jumped to " };
    enum { LABEL = 2, VALUE = 15 };

    for (size_t i = 0; length > VALUE && i < sizeof labels / sizeof labels[0]; ++i)
        if (strncmp(line, "  ", LABEL) == 0 &&
            strncmp(line + LABEL, labels[i], strlen(labels[i])) == 0 && line[VALUE] != ' ')
            return line + VALUE;
    return NULL;
}

/*
 * "[   #0 ]MODULE+0xOFFSET[, here][...]", or the row of a fault: true if the line was replaced. An
 * offset is that of a return address, or, here and of a fault, of the instruction itself.
 */
static bool replace_line(struct filter *filter, const char *line, size_t length, const char *all)
{
    const char *end = line + length;
    const char *fault = behind_label(line, length);
    const char *name = fault != NULL ? fault : line;
    const char *plus = NULL;
    struct tmt_symbols *symbols;
    char *path = NULL;
    char *build_id = NULL;
    char *behind;
    uint64_t offset;
    bool is_return;

    while (name < end && *name == ' ')
        ++name;
    if (name + 1 < end && name[0] == '#' && isdigit((unsigned char)name[1])) {
        name += 1 + strspn(name + 1, "0123456789");
        name += name < end && *name == ' ';
    }
    for (const char *at = name; at + 3 < end; ++at)
        if (memcmp(at, "+0x", 3) == 0 && isxdigit((unsigned char)at[3]))
            plus = at; /* the last: a name may hold one */
    if (plus == NULL || plus == name)
        return false;
    offset = strtoull(plus + 3, &behind, 16);
    is_return = fault == NULL && strncmp(behind, ", here", 6) != 0;
    if (!find_row(line, all, name, (size_t)(plus - name), &path, &build_id)) {
        if (memchr(name, '/', (size_t)(plus - name)) == NULL)
            return false;
        path = copy_of(name, (size_t)(plus - name)); /* a whole path needs no row */
        build_id = copy_of("", 0);
        if (path == NULL || build_id == NULL)
            return false;
    }
    symbols = open_file(filter, path, build_id);
    filter->indent = line;
    filter->indent_length = (size_t)(name - line);
    filter->frames = 0;
    return symbols != NULL && tmt_symbols_at(symbols, offset, is_return, write_frame, filter) != 0;
}

void tmt_filter(const char *report, struct tmi_text *to, tmt_no_symbols_fn *fn)
{
    struct filter filter = { .output = to, .no_symbols = fn };

    for (const char *line = report; *line != '\0';) {
        size_t length = strcspn(line, "\n");
        size_t with_end = length + (line[length] == '\n');

        if (!replace_line(&filter, line, length, report))
            tmi_text_add_bytes(to, line, with_end);
        line += with_end;
    }
    for (size_t i = 0; i < filter.file_count; ++i) {
        tmt_symbols_close(filter.files[i].symbols);
        free(filter.files[i].path);     /* raw: a tool's own memory */
        free(filter.files[i].build_id); /* raw: a tool's own memory */
    }
}
