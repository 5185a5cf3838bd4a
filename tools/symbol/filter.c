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

#define MOST_FILES   256
#define LABEL_COLUMN 2
#define VALUE_COLUMN 15
#define HEX_DIGITS   "0123456789abcdefABCDEF"

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
    tmt_symbols_lack_fn *lack;
    const char *indent; /* of the line that is replaced, up to its number */
    size_t indent_length;
    size_t indent_columns;
    size_t frames; /* that were written for it */
};

static char *copy_of(const char *text, size_t length)
{
    return strndup(text, length); /* raw: a tool's own memory */
}

/* What a row says behind its path, of which commas may be a part; else its end. */
static const char *find_build_id(const char *path, const char *end)
{
    const char *last = end;

    for (const char *at = path; at < end; ++at)
        if (strncmp(at, ", build-id ", 11) == 0 || strncmp(at, ", no build-id", 13) == 0)
            last = at;
    return last;
}

/* The row "module NAME is PATH, build-id HEX" of a name: from here on, else any. */
static bool find_row(const char *from, const char *all, const char *name, size_t length,
                     char **path, char **build_id)
{
    const char *texts[] = { from, all };

    for (size_t i = 0; i < 2; ++i) {
        for (const char *at = texts[i]; (at = strstr(at, "\n  module ")) != NULL; ++at) {
            const char *known = at + 10 + strspn(at + 10, " ");
            const char *end = known + strcspn(known, "\r\n");
            const char *file = known + length + 4;
            const char *id;

            if (strncmp(known, name, length) != 0 || strncmp(known + length, " is ", 4) != 0)
                continue;
            id = find_build_id(file, end);
            *path = copy_of(file, (size_t)(id - file));
            *build_id = strncmp(id, ", build-id ", 11) == 0
                            ? copy_of(id + 11, (size_t)(end - id - 11))
                            : copy_of("", 0);
            return *path != NULL && *build_id != NULL;
        }
    }
    return false;
}

/* Takes both texts. */
static struct tmt_symbols *open_file(struct filter *filter, char *path, char *build_id)
{
    struct file *file = filter->files;
    const char *why = NULL;

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
    if (file->symbols == NULL && filter->lack != NULL)
        filter->lack(path, why);
    return file->symbols;
}

static void write_frame(const struct tmt_symbol_frame *frame, void *user)
{
    struct filter *filter = user;
    struct tmi_text *text = filter->output;

    if (filter->frames++ == 0) {
        tmi_text_add_bytes(text, filter->indent, filter->indent_length);
    } else {
        tmi_text_add_repeated(text, " ", filter->indent_columns);
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

/* Behind what tells a terminal of colours: ESC [ ... m. */
static const char *skip_style(const char *at, const char *end)
{
    while (at + 1 < end && at[0] == '\033' && at[1] == '[') {
        const char *last = memchr(at, 'm', (size_t)(end - at));

        if (last == NULL)
            break;
        at = last + 1;
    }
    return at;
}

/* Where the value of a row with a label begins; NULL: it is none such. */
static const char *value_of_row(const char *line, const char *end, const char **label)
{
    const char *at = line + LABEL_COLUMN;
    char before = '\0';

    if (end - line < VALUE_COLUMN || strncmp(line, "  ", LABEL_COLUMN) != 0)
        return NULL;
    *label = skip_style(at, end);
    for (size_t column = LABEL_COLUMN; column < VALUE_COLUMN; ++column) {
        at = skip_style(at, end);
        if (at == end)
            return NULL;
        before = *at++;
    }
    return islower((unsigned char)**label) && before == ' ' ? at : NULL;
}

/* Whether the label says how a fault touched. */
static bool is_of_fault(const char *label)
{
    static const char *const labels[] = { "read", "written", "touched", "jumped to" };

    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; ++i)
        if (strncmp(label, labels[i], strlen(labels[i])) == 0 &&
            strchr(" \033", label[strlen(labels[i])]) != NULL)
            return true;
    return false;
}

/* The last "+0xOFFSET" that ends a word, as a module's name may hold one; NULL: there is none. */
static const char *find_offset(const char *from, const char *end)
{
    const char *plus = NULL;

    for (const char *at = from; at + 3 < end; ++at) {
        size_t digits = memcmp(at, "+0x", 3) == 0 ? strspn(at + 3, HEX_DIGITS) : 0;

        if (digits != 0 &&
            (at + 3 + digits >= end || strchr(" ,:;)]\r\033", at[3 + digits]) != NULL))
            plus = at;
    }
    return plus;
}

/* Where a line may name a module: its value, if it is a fault's; behind the number of a frame. */
static const char *find_name(struct filter *filter, const char *line, const char *end,
                             bool *is_fault)
{
    const char *label;
    const char *name = value_of_row(line, end, &label);

    *is_fault = name != NULL && is_of_fault(label);
    if (name != NULL && !*is_fault)
        return NULL;
    if (name == NULL) {
        name = line + strspn(line, " ");
        if (name + 1 < end && name[0] == '#' && isdigit((unsigned char)name[1])) {
            name += 1 + strspn(name + 1, "0123456789");
            name += *name == ' ';
        }
    }
    filter->indent = line;
    filter->indent_length = (size_t)(name - line);
    filter->indent_columns = *is_fault ? VALUE_COLUMN : filter->indent_length;
    filter->frames = 0;
    return skip_style(name, end);
}

/*
 * "[   #0 ]MODULE+0xOFFSET[, here][...]", or the row of a fault: true if the line was replaced. An
 * offset is that of a return address, or, here and of a fault, of the instruction itself.
 */
static bool replace_line(struct filter *filter, const char *line, size_t length, const char *all)
{
    const char *end = line + length;
    bool is_fault;
    const char *name = find_name(filter, line, end, &is_fault);
    const char *plus = name != NULL ? find_offset(name, end) : NULL;
    struct tmt_symbols *symbols;
    char *path = NULL;
    char *build_id = NULL;
    char *behind;
    uint64_t offset;
    bool is_return;

    if (plus == NULL || plus == name)
        return false;
    offset = strtoull(plus + 3, &behind, 16);
    is_return = !is_fault && strncmp(behind, ", here", 6) != 0;
    if (!find_row(line, all, name, (size_t)(plus - name), &path, &build_id)) {
        if (memchr(name, '/', (size_t)(plus - name)) == NULL)
            return false;
        path = copy_of(name, (size_t)(plus - name)); /* a whole path needs no row */
        build_id = copy_of("", 0);
        if (path == NULL || build_id == NULL)
            return false;
    }
    symbols = open_file(filter, path, build_id);
    return symbols != NULL && tmt_symbols_at(symbols, offset, is_return, write_frame, filter) != 0;
}

void tmt_filter(const char *report, struct tmi_text *to, tmt_symbols_lack_fn *fn)
{
    struct filter filter = { .output = to, .lack = fn };

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
